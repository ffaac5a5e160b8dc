(* SPDX-License-Identifier: ISC *)

type t = {
  chain : string list;
  leaf : X509.Certificate.t;
  key : X509.Private_key.t;
}

let usable = function
  | `RSA key -> Mirage_crypto_pk.Rsa.priv_bits key >= 2048
  | `P256 _ | `P384 _ | `ED25519 _ -> true
  | _ -> false

let make chain key =
  match chain with
  | [] -> Error "there is no certificate"
  | leaf :: _ ->
      let fingerprint = X509.Public_key.fingerprint ~hash:`SHA256 in
      let same a b = Versions.Octets.(to_string a = to_string b) in
      if not (usable key) then
        Error
          "TLS 1.3 needs a key of RSA with 2048 bits or more, P-256, P-384 or \
           Ed25519"
      else if
        not
          (same
             (fingerprint (X509.Certificate.public_key leaf))
             (fingerprint (X509.Private_key.public key)))
      then Error "the private key does not belong to the first certificate"
      else
        let der c = Versions.Octets.to_string (X509.Certificate.encode_der c) in
        Ok { chain = List.map der chain; leaf; key }

let of_pem ~certificates ~key =
  let ( let* ) = Result.bind in
  let read what decode pem =
    Result.map_error
      (fun (`Msg why) -> Printf.sprintf "%s cannot be read: %s" what why)
      (decode (Versions.Octets.of_string pem))
  in
  let* chain =
    read "the certificate" X509.Certificate.decode_pem_multiple certificates
  in
  let* key = read "the private key" X509.Private_key.decode_pem key in
  make chain key

let chain t = t.chain
let key t = t.key

let serves t name =
  match Result.bind (Domain_name.of_string name) Domain_name.host with
  | Ok host -> X509.Certificate.supports_hostname t.leaf host
  | Error _ -> false

let scheme t offered =
  let kind = X509.Private_key.key_type t.key in
  List.find_opt
    (fun scheme ->
      Suite.Scheme.suits kind scheme
      && List.mem (Suite.Scheme.to_int scheme) offered)
    Suite.Scheme.all
