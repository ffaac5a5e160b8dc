(* SPDX-License-Identifier: ISC *)

type t = int * string

let server_name = 0
let supported_groups = 10
let signature_algorithms = 13
let application_protocols = 16
let padding = 21
let record_size_limit = 28
let pre_shared_key = 41
let early_data = 42
let supported_versions = 43
let cookie = 44
let psk_key_exchange_modes = 45
let certificate_authorities = 47
let oid_filters = 48
let post_handshake_auth = 49
let signature_algorithms_cert = 50
let key_share = 51

type place =
  | In_client_hello
  | In_server_hello
  | In_hello_retry_request
  | In_encrypted_extensions
  | In_certificate_request
  | In_certificate
  | In_new_session_ticket

(* The table of RFC 8446, 4.2, with record_size_limit of RFC 8449, 4. *)
let places =
  [
    (server_name, [ In_client_hello; In_encrypted_extensions ]);
    (1, [ In_client_hello; In_encrypted_extensions ]);
    (5, [ In_client_hello; In_certificate_request; In_certificate ]);
    (supported_groups, [ In_client_hello; In_encrypted_extensions ]);
    (signature_algorithms, [ In_client_hello; In_certificate_request ]);
    (14, [ In_client_hello; In_encrypted_extensions ]);
    (15, [ In_client_hello; In_encrypted_extensions ]);
    (application_protocols, [ In_client_hello; In_encrypted_extensions ]);
    (18, [ In_client_hello; In_certificate_request; In_certificate ]);
    (19, [ In_client_hello; In_encrypted_extensions ]);
    (20, [ In_client_hello; In_encrypted_extensions ]);
    (padding, [ In_client_hello ]);
    (record_size_limit, [ In_client_hello; In_encrypted_extensions ]);
    (pre_shared_key, [ In_client_hello; In_server_hello ]);
    ( early_data,
      [ In_client_hello; In_encrypted_extensions; In_new_session_ticket ] );
    ( supported_versions,
      [ In_client_hello; In_server_hello; In_hello_retry_request ] );
    (cookie, [ In_client_hello; In_hello_retry_request ]);
    (psk_key_exchange_modes, [ In_client_hello ]);
    (certificate_authorities, [ In_client_hello; In_certificate_request ]);
    (oid_filters, [ In_certificate_request ]);
    (post_handshake_auth, [ In_client_hello ]);
    (signature_algorithms_cert, [ In_client_hello; In_certificate_request ]);
    (key_share, [ In_client_hello; In_server_hello; In_hello_retry_request ]);
  ]

let check place extensions =
  let rec twice = function
    | [] -> ()
    | (n, _) :: rest ->
        if List.mem_assoc n rest then
          Alert.fatal Illegal_parameter "extension %d stands twice" n;
        twice rest
  in
  twice extensions;
  List.iter
    (fun (n, _) ->
      match List.assoc_opt n places with
      | Some allowed when not (List.mem place allowed) ->
          Alert.fatal Illegal_parameter "extension %d has no place here" n
      | _ -> ())
    extensions

let read place block =
  let extensions =
    Decoder.all block (fun d ->
        let n = Decoder.u16 d in
        (n, Decoder.vector16 d))
  in
  check place extensions;
  extensions

let write extensions =
  Encoder.vector16
    (List.concat_map
       (fun (n, body) -> [ Encoder.u16 n; Encoder.vector16 [ body ] ])
       extensions)

let find n extensions = List.assoc_opt n extensions
let list16 ?(min = 2) d read = Decoder.all (Decoder.vector16 ~min d) read

let read_server_name body =
  let names =
    Decoder.whole body (fun d ->
        list16 d (fun d ->
            let kind = Decoder.u8 d in
            (kind, Decoder.vector16 ~min:1 d)))
  in
  match List.filter (fun (kind, _) -> kind = 0) names with
  | [] -> None
  | [ (_, name) ] ->
      if String.contains name '\000' then
        Alert.fatal Illegal_parameter "a server name with a NUL";
      Some (String.lowercase_ascii name)
  | _ -> Alert.fatal Illegal_parameter "two server names"

let write_server_name name =
  ( server_name,
    Encoder.vector16 [ Encoder.u8 0; Encoder.vector16 [ name ] ] )

let read_numbers body = Decoder.whole body (fun d -> list16 d Decoder.u16)

let write_numbers extension numbers =
  (extension, Encoder.vector16 (List.map Encoder.u16 numbers))

let read_protocols body =
  Decoder.whole body (fun d -> list16 d (Decoder.vector8 ~min:1))

let write_protocols protocols =
  ( application_protocols,
    Encoder.vector16 (List.map (fun p -> Encoder.vector8 [ p ]) protocols) )

let read_versions body =
  Decoder.whole body (fun d ->
      Decoder.all (Decoder.vector8 ~min:2 ~max:254 d) Decoder.u16)

let write_versions versions =
  (supported_versions, Encoder.vector8 (List.map Encoder.u16 versions))

let read_version body = Decoder.whole body Decoder.u16
let write_version version = (supported_versions, Encoder.u16 version)

let read_record_size_limit body =
  let limit = Decoder.whole body Decoder.u16 in
  if limit < 64 then
    Alert.fatal Illegal_parameter "a record size limit of %d" limit;
  limit

let write_record_size_limit limit = (record_size_limit, Encoder.u16 limit)

let share d =
  let group = Decoder.u16 d in
  (group, Decoder.vector16 ~min:1 d)

let encode_share (group, octets) =
  Encoder.u16 group ^ Encoder.vector16 [ octets ]

let read_shares body =
  let shares = Decoder.whole body (fun d -> list16 ~min:0 d share) in
  let groups = List.map fst shares in
  if List.length (List.sort_uniq compare groups) < List.length groups then
    Alert.fatal Illegal_parameter "two key shares of one group";
  shares

let write_shares shares =
  (key_share, Encoder.vector16 (List.map encode_share shares))

let read_share body = Decoder.whole body share
let write_share pair = (key_share, encode_share pair)
let read_group body = Decoder.whole body Decoder.u16
let write_group group = (key_share, Encoder.u16 group)
let read_cookie body = Decoder.whole body (Decoder.vector16 ~min:1)
let write_cookie octets = (cookie, Encoder.vector16 [ octets ])

let read_modes body =
  String.contains (Decoder.whole body (Decoder.vector8 ~min:1)) '\001'

let modes_with_exchange = (psk_key_exchange_modes, Encoder.vector8 [ "\001" ])

type offer = {
  identities : (string * int32) list;
  binders : string list;
  binders_length : int;
}

let read_offer body =
  Decoder.whole body (fun d ->
      let identities =
        list16 ~min:7 d (fun d ->
            let ticket = Decoder.vector16 ~min:1 d in
            (ticket, Decoder.u32 d))
      in
      let before = Decoder.position d in
      let binders = list16 ~min:33 d (Decoder.vector8 ~min:32) in
      { identities; binders; binders_length = Decoder.position d - before })

let write_offer identities binders =
  let identity (ticket, age) = Encoder.vector16 [ ticket ] ^ Encoder.u32 age in
  ( pre_shared_key,
    Encoder.vector16 (List.map identity identities)
    ^ Encoder.vector16 (List.map (fun b -> Encoder.vector8 [ b ]) binders) )

let read_chosen body = Decoder.whole body Decoder.u16
let write_chosen index = (pre_shared_key, Encoder.u16 index)

let read_empty body =
  if body <> "" then Alert.fatal Decode_error "an extension that is not empty"
