(* SPDX-License-Identifier: ISC *)

open X509

type t = Anchors of Certificate.t list | Pinned of string

let anchors list = Anchors list
let pinned fingerprint = Pinned fingerprint

let anchors_of_pem pem =
  match Certificate.decode_pem_multiple (Versions.Octets.of_string pem) with
  | Ok [] -> Error "there is no certificate to trust"
  | Ok list -> Ok (Anchors list)
  | Error (`Msg why) ->
      Error (Printf.sprintf "the certificates to trust cannot be read: %s" why)

type name = Host of [ `host ] Domain_name.t | Address of Ipaddr.t

let name_of_string name =
  match Ipaddr.of_string name with
  | Ok address -> Ok (Address address)
  | Error _ -> (
      match Result.bind (Domain_name.of_string name) Domain_name.host with
      | Ok host -> Ok (Host host)
      | Error (`Msg why) ->
          Error (Printf.sprintf "%S is no name of a host: %s" name why))

let decode der =
  match Certificate.decode_der (Versions.Octets.of_string der) with
  | Ok certificate -> certificate
  | Error (`Msg why) ->
      Alert.fatal Bad_certificate "a certificate that cannot be read: %s" why

let alert_of : Validation.validation_error -> Alert.t = function
  | `LeafCertificateExpired _ ->
      Certificate_expired
  | `InvalidChain -> Unknown_ca
  | `InvalidFingerprint _ -> Certificate_unknown
  | `Unsupported_keytype _ | `Unsupported_algorithm _ -> Unsupported_certificate
  | _ -> Bad_certificate

let reason_of : Validation.validation_error -> string = function
  | `LeafCertificateExpired _ -> "a certificate that is not valid at this time"
  | `LeafInvalidName _ -> "a certificate for another name"
  | `LeafInvalidIP _ -> "a certificate for another address"
  | `LeafInvalidVersion _ | `LeafInvalidExtensions _ ->
      "a certificate that no server or client may have"
  | `InvalidChain -> "no valid chain from the certificate to a trusted one"
  | error -> Fmt.str "%a" Validation.pp_validation_error error

let strong certificate =
  match Certificate.public_key certificate with
  | `RSA key -> Mirage_crypto_pk.Rsa.pub_bits key >= 2048
  | key -> List.mem (Public_key.key_type key) [ `P256; `P384; `P521; `ED25519 ]

(* RFC 8446, 4.4.2.2: extended key usage, where it stands, must allow the role. *)
let allows usage certificate =
  match Extension.find Ext_key_usage (Certificate.extensions certificate) with
  | None -> true
  | Some (_, usages) -> List.mem usage usages || List.mem `Any usages

let may_sign certificate =
  match Extension.find Key_usage (Certificate.extensions certificate) with
  | None -> true
  | Some (_, usages) -> List.mem `Digital_signature usages

let has_alternative_name certificate =
  Extension.mem Subject_alt_name (Certificate.extensions certificate)

let checked t ~now ~usage name ders =
  let chain = List.map decode ders in
  let leaf = List.hd chain in
  if not (List.for_all strong chain) then
    Alert.fatal Bad_certificate "a certificate with a weak key";
  if not (may_sign leaf) then
    Alert.fatal Bad_certificate "a certificate that must not sign";
  let time () = Some now in
  let result =
    match (t, name) with
    | Pinned fingerprint, _ ->
        let actual =
          Public_key.fingerprint ~hash:`SHA256 (Certificate.public_key leaf)
        in
        if Primitives.equal (Versions.Octets.to_string actual) fingerprint then Ok None
        else Alert.fatal Certificate_unknown "another key than the pinned one"
    | Anchors anchors, name -> (
        if not (allows usage leaf) then
          Alert.fatal Bad_certificate "a certificate for another use";
        let verify = Validation.verify_chain_of_trust ~time ~anchors in
        match name with
        | None -> verify ~host:None chain
        | Some _ when not (has_alternative_name leaf) ->
            Alert.fatal Bad_certificate
              "a certificate without a subject alternative name"
        | Some (Host host) -> verify ~host:(Some host) chain
        | Some (Address ip) -> verify ~ip ~host:None chain)
  in
  match result with
  | Ok _ -> chain
  | Error error ->
      Alert.fatal (alert_of error) "%s" (reason_of error)

let server t ~now name ders =
  checked t ~now ~usage:`Server_auth (Some name) ders

let client t ~now ders = checked t ~now ~usage:`Client_auth None ders
