(* SPDX-License-Identifier: ISC *)

open Versions

type random = int -> string

let cs = Octets.of_string
let str = Octets.to_string
let equal = Eqaf.equal

module Hash = struct
  type t = Sha256 of Sha256.t | Sha384 of Sha384.t

  let empty = function
    | `SHA256 -> Sha256 Sha256.empty
    | `SHA384 -> Sha384 Sha384.empty

  let feed t data =
    match t with
    | Sha256 h -> Sha256 (Sha256.feed h data)
    | Sha384 h -> Sha384 (Sha384.feed h data)

  let get = function Sha256 h -> Sha256.get h | Sha384 h -> Sha384.get h
  let digest = Versions.digest
  let hmac = Versions.hmac
  let size = function `SHA256 -> 32 | `SHA384 -> 48
end

module Aead = struct
  module Gcm = Aes_gcm
  module Chacha20 = Mirage_crypto.Chacha20

  type key = Gcm of Gcm.key | Chacha of Chacha20.key

  let tag_length = 16

  let key suite secret =
    if String.length secret <> Suite.key_length suite then
      invalid_arg "Aead.key";
    match suite with
    | Suite.Aes_128_gcm_sha256 | Aes_256_gcm_sha384 ->
        Gcm (Gcm.of_secret (cs secret))
    | Chacha20_poly1305_sha256 -> Chacha (Chacha20.of_secret (cs secret))

  let encrypt key ~nonce ~adata data =
    let nonce = cs nonce and adata = cs adata in
    let data = Octets.of_cstruct data in
    Octets.to_cstruct
      (match key with
      | Gcm key -> Gcm.authenticate_encrypt ~key ~nonce ~adata data
      | Chacha key -> Chacha20.authenticate_encrypt ~key ~nonce ~adata data)

  let decrypt key ~nonce ~adata data =
    let nonce = cs nonce and adata = cs adata in
    if Cstruct.length data < tag_length then None
    else
      let data = Octets.of_cstruct data in
      Option.map Octets.to_cstruct
        (match key with
        | Gcm key -> Gcm.authenticate_decrypt ~key ~nonce ~adata data
        | Chacha key -> Chacha20.authenticate_decrypt ~key ~nonce ~adata data)
end

module Exchange = struct
  open Mirage_crypto_ec

  type secret =
    | X25519 of X25519.secret
    | P256 of P256.Dh.secret
    | P384 of P384.Dh.secret

  let group = function
    | X25519 _ -> Suite.Group.X25519
    | P256 _ -> P256
    | P384 _ -> P384

  (* Nearly every string is a scalar of the curve; the next one is tried otherwise. *)
  let rec fresh random length of_octets =
    match of_octets (random length) with
    | Ok pair -> pair
    | Error _ -> fresh random length of_octets

  let generate random = function
    | Suite.Group.X25519 ->
        let secret, share = fresh random 32 x25519_secret in
        (X25519 secret, str share)
    | P256 ->
        let secret, share = fresh random 32 p256_secret in
        (P256 secret, str share)
    | P384 ->
        let secret, share = fresh random 48 p384_secret in
        (P384 secret, str share)

  (* Points are uncompressed (RFC 8446, 4.2.8.2). *)
  let uncompressed length share =
    String.length share = length && share.[0] = '\004'

  let shared secret share =
    let result =
      match secret with
      | X25519 secret -> X25519.key_exchange secret (cs share)
      | P256 secret when uncompressed 65 share ->
          P256.Dh.key_exchange secret (cs share)
      | P384 secret when uncompressed 97 share ->
          P384.Dh.key_exchange secret (cs share)
      | P256 _ | P384 _ -> Error `Invalid_format
    in
    match result with Ok octets -> Some (str octets) | Error _ -> None
end

module Signature = struct
  let hash = function
    | Suite.Scheme.Ecdsa_p256_sha256 | Rsa_pss_sha256 -> `SHA256
    | Ecdsa_p384_sha384 | Rsa_pss_sha384 -> `SHA384
    | Ed25519 | Rsa_pss_sha512 -> `SHA512

  let sign random scheme key data =
    if not (Suite.Scheme.suits (X509.Private_key.key_type key) scheme) then
      invalid_arg "Signature.sign";
    let message = `Message (cs data) in
    match key with
    | `RSA key ->
        let g =
          Mirage_crypto_rng.create ~seed:(cs (random 32)) (module Drbg)
        in
        let mask = `Yes_with g in
        str
          (match scheme with
          | Rsa_pss_sha384 -> Pss_384.sign ~g ~mask ~crt_hardening:true ~key message
          | Rsa_pss_sha512 -> Pss_512.sign ~g ~mask ~crt_hardening:true ~key message
          | _ -> Pss_256.sign ~g ~mask ~crt_hardening:true ~key message)
    | key -> (
        match X509.Private_key.sign (hash scheme) key message with
        | Ok signature -> str signature
        | Error (`Msg why) -> invalid_arg why)

  let verify scheme key ~signature data =
    Suite.Scheme.suits (X509.Public_key.key_type key) scheme
    && Result.is_ok
         (X509.Public_key.verify (hash scheme) ~signature:(cs signature) key
            (`Message (cs data)))
end
