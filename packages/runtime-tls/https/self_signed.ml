(* SPDX-License-Identifier: ISC *)

open X509
module Tls = Mirage_runtime_tls_core
module Octets = Tls.Versions.Octets

let days n = Ptime.Span.of_int_s (n * 86400)
let later now span = Option.value (Ptime.add_span now span) ~default:now
let earlier now span = Option.value (Ptime.sub_span now span) ~default:now

let name =
  [ Distinguished_name.(Relative_distinguished_name.singleton (CN "mirage")) ]

let alternative_names hosts addresses =
  let octets = function
    | Ipaddr.V4 a -> Octets.of_string (Ipaddr.V4.to_octets a)
    | Ipaddr.V6 a -> Octets.of_string (Ipaddr.V6.to_octets a)
  in
  let names =
    General_name.(
      singleton IP (List.map octets addresses) |> add DNS hosts)
  in
  Extension.(
    empty
    |> add Subject_alt_name (false, names)
    |> add Key_usage (true, [ `Digital_signature ])
    |> add Ext_key_usage (false, [ `Server_auth ]))

(* Nothing of a request that was made just before can be refused. *)
let sure = function
  | Ok value -> value
  | Error _ -> invalid_arg "Self_signed.make"

let make random ~now ~hosts ~addresses =
  let key = Private_key.generate ~seed:(Octets.of_string (random 32)) `P256 in
  (* A positive number of at most 20 octets (RFC 5280, 4.1.2.2). *)
  let serial = Tls.Versions.serial (random 16) in
  let certificate =
    sure
      (Signing_request.sign
         (sure (Signing_request.create name key))
         ~valid_from:(earlier now (days 1))
         ~valid_until:(later now (days 90))
         ~serial
         ~extensions:(alternative_names hosts addresses)
         key name)
  in
  let fingerprint =
    Octets.to_string (Certificate.fingerprint `SHA256 certificate)
  in
  let hexadecimal =
    String.concat ":"
      (List.map
         (fun c -> Printf.sprintf "%02X" (Char.code c))
         (List.of_seq (String.to_seq fingerprint)))
  in
  (sure (Tls.Identity.make [ certificate ] key), hexadecimal)
