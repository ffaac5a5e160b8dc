(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_tls_core
open X509
module Octets = Versions.Octets

(* Nothing of a request that was made just before can be refused. *)
let sure = function Ok value -> value | Error _ -> assert false

let fresh random : Private_key.t =
  Private_key.generate ~seed:(Octets.of_string (random 32)) `P256

let names domains =
  Extension.(
    singleton Subject_alt_name (false, General_name.(singleton DNS domains)))

let request random ~domains =
  let key = fresh random in
  let extensions = Signing_request.Ext.(singleton Extensions (names domains)) in
  let request = sure (Signing_request.create [] ~extensions key) in
  ( Octets.to_string (Private_key.encode_pem key),
    Octets.to_string (Signing_request.encode_der request) )

(* id-pe-acmeIdentifier, whose value is an OCTET STRING of 32 octets. *)
let acme_identifier = Asn.OID.(base 1 3 <|| [ 6; 1; 5; 5; 7; 1; 31 ])

let days n = Ptime.Span.of_int_s (n * 86400)
let later now span = Option.value (Ptime.add_span now span) ~default:now
let earlier now span = Option.value (Ptime.sub_span now span) ~default:now

let proof random ~now (answer : Acme.answer) =
  let key = fresh random in
  let subject =
    [ Distinguished_name.(Relative_distinguished_name.singleton (CN "ACME")) ]
  in
  let digest = Primitives.Hash.digest `SHA256 answer.key_authorization in
  let extensions =
    Extension.add
      (Unsupported acme_identifier)
      (true, Octets.of_string ("\x04\x20" ^ digest))
      (names [ answer.domain ])
  in
  let certificate =
    sure
      (Signing_request.sign
         (sure (Signing_request.create subject key))
         ~valid_from:(earlier now (days 1))
         ~valid_until:(later now (days 6))
         ~serial:(Versions.serial (random 16))
         ~extensions key subject)
  in
  sure (Identity.make [ certificate ] key)

let leaf certificates =
  match Certificate.decode_pem_multiple (Octets.of_string certificates) with
  | Ok (leaf :: _) -> Ok leaf
  | Ok [] -> Error "there is no certificate in the authority's answer"
  | Error (`Msg why) -> Error ("the certificate cannot be read: " ^ why)

let ( let* ) = Result.bind

let accept ~now ~domains ~certificates ~key =
  let* identity = Identity.of_pem ~certificates ~key in
  let* leaf = leaf certificates in
  let from, until = Certificate.validity leaf in
  let lacking = List.filter (fun name -> not (Identity.serves identity name)) in
  if Ptime.is_later from ~than:now then Error "the certificate is not valid yet"
  else if Ptime.is_earlier until ~than:now then Error "the certificate has expired"
  else
    match lacking domains with
    | [] -> Ok identity
    | name :: _ -> Error ("the certificate is not for " ^ name)

let renewal ~certificates =
  let* leaf = leaf certificates in
  let from, until = Certificate.validity leaf in
  let lifetime = Ptime.Span.to_float_s (Ptime.diff until from) in
  match Ptime.Span.of_float_s (lifetime *. 2. /. 3.) with
  | Some span -> Ok (later from span)
  | None -> Ok from
