(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_tls_core
module Octets = Versions.Octets
module Dsa = Mirage_crypto_ec.P256.Dsa

type key = Dsa.priv

let private_key key : X509.Private_key.t = `P256 key

let generate random =
  match
    X509.Private_key.generate ~seed:(Octets.of_string (random 32)) `P256
  with
  | `P256 key -> key
  | _ -> assert false

let key_to_pem key =
  Octets.to_string (X509.Private_key.encode_pem (private_key key))

let key_of_pem pem =
  match X509.Private_key.decode_pem (Octets.of_string pem) with
  | Ok (`P256 key) -> Ok key
  | Ok _ -> Error "the account's key is not one of P-256"
  | Error (`Msg why) -> Error ("the account's key cannot be read: " ^ why)

type signer = Key | Account of string

(* An uncompressed point is 4, x and y. *)
let coordinates key =
  let point = Versions.p256_point (Dsa.pub_of_priv key) in
  (String.sub point 1 32, String.sub point 33 32)

(* The members in the order of RFC 7638, section 3. *)
let jwk key =
  let x, y = coordinates key in
  Json.Object
    [
      ("crv", String "P-256");
      ("kty", String "EC");
      ("x", String (Base64url.encode x));
      ("y", String (Base64url.encode y));
    ]

let thumbprint key =
  Base64url.encode (Primitives.Hash.digest `SHA256 (Json.to_string (jwk key)))

let signature key text =
  let digest = Primitives.Hash.digest `SHA256 text in
  let r, s = Dsa.sign ~key (Octets.of_string digest) in
  Octets.to_string r ^ Octets.to_string s

let sign key signer ~nonce ~url payload =
  let who =
    match signer with
    | Key -> ("jwk", jwk key)
    | Account url -> ("kid", Json.String url)
  in
  let header =
    Json.Object
      [ ("alg", String "ES256"); who; ("nonce", String nonce); ("url", String url) ]
  in
  let protected_ = Base64url.encode (Json.to_string header) in
  let payload = Base64url.encode payload in
  let signature = signature key (protected_ ^ "." ^ payload) in
  Json.to_string
    (Object
       [
         ("protected", String protected_);
         ("payload", String payload);
         ("signature", String (Base64url.encode signature));
       ])
