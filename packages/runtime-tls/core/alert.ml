(* SPDX-License-Identifier: ISC *)

type t =
  | Close_notify
  | Unexpected_message
  | Bad_record_mac
  | Record_overflow
  | Handshake_failure
  | Bad_certificate
  | Unsupported_certificate
  | Certificate_revoked
  | Certificate_expired
  | Certificate_unknown
  | Illegal_parameter
  | Unknown_ca
  | Access_denied
  | Decode_error
  | Decrypt_error
  | Protocol_version
  | Insufficient_security
  | Internal_error
  | User_canceled
  | Missing_extension
  | Unsupported_extension
  | Unrecognized_name
  | Certificate_required
  | No_application_protocol
  | Other of int

exception Fatal of t * string

let fatal alert = Printf.ksprintf (fun why -> raise (Fatal (alert, why)))

let table =
  [
    (Close_notify, 0, "close_notify");
    (Unexpected_message, 10, "unexpected_message");
    (Bad_record_mac, 20, "bad_record_mac");
    (Record_overflow, 22, "record_overflow");
    (Handshake_failure, 40, "handshake_failure");
    (Bad_certificate, 42, "bad_certificate");
    (Unsupported_certificate, 43, "unsupported_certificate");
    (Certificate_revoked, 44, "certificate_revoked");
    (Certificate_expired, 45, "certificate_expired");
    (Certificate_unknown, 46, "certificate_unknown");
    (Illegal_parameter, 47, "illegal_parameter");
    (Unknown_ca, 48, "unknown_ca");
    (Access_denied, 49, "access_denied");
    (Decode_error, 50, "decode_error");
    (Decrypt_error, 51, "decrypt_error");
    (Protocol_version, 70, "protocol_version");
    (Insufficient_security, 71, "insufficient_security");
    (Internal_error, 80, "internal_error");
    (User_canceled, 90, "user_canceled");
    (Missing_extension, 109, "missing_extension");
    (Unsupported_extension, 110, "unsupported_extension");
    (Unrecognized_name, 112, "unrecognized_name");
    (Certificate_required, 116, "certificate_required");
    (No_application_protocol, 120, "no_application_protocol");
  ]

let to_int = function
  | Other n -> n
  | alert ->
      let _, n, _ = List.find (fun (a, _, _) -> a = alert) table in
      n

let of_int n =
  match List.find_opt (fun (_, m, _) -> m = n) table with
  | Some (alert, _, _) -> alert
  | None -> Other n

let to_string = function
  | Other n -> Printf.sprintf "alert %d" n
  | alert ->
      let _, _, name = List.find (fun (a, _, _) -> a = alert) table in
      name

let encode alert =
  let level = match alert with Close_notify | User_canceled -> 1 | _ -> 2 in
  let octets = Bytes.create 2 in
  Bytes.set_uint8 octets 0 level;
  Bytes.set_uint8 octets 1 (to_int alert);
  Bytes.unsafe_to_string octets

let decode octets =
  if String.length octets <> 2 then
    fatal Decode_error "an alert of %d octets" (String.length octets);
  (* The level says nothing in TLS 1.3 (RFC 8446, 6). *)
  (match octets.[0] with
  | '\001' | '\002' -> ()
  | _ -> fatal Illegal_parameter "an alert of an unknown level");
  of_int (Char.code octets.[1])
