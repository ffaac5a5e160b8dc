(* SPDX-License-Identifier: ISC *)

(* mirage-crypto 1.0 and x509 1.0: their octets are a string, and hashes digestif's. *)

open Mirage_crypto_ec

module Octets = struct
  type t = string

  let of_string octets = octets
  let to_string octets = octets
  let of_cstruct octets = Cstruct.to_string octets
  let to_cstruct octets = Cstruct.of_string octets
end

module Sha256 = struct
  type t = Digestif.SHA256.ctx

  let empty = Digestif.SHA256.empty
  let feed t octets = Digestif.SHA256.feed_string t octets
  let get t = Digestif.SHA256.(to_raw_string (get t))
end

module Sha384 = struct
  type t = Digestif.SHA384.ctx

  let empty = Digestif.SHA384.empty
  let feed t octets = Digestif.SHA384.feed_string t octets
  let get t = Digestif.SHA384.(to_raw_string (get t))
end

let digest hash octets =
  match hash with
  | `SHA256 -> Digestif.SHA256.(to_raw_string (digest_string octets))
  | `SHA384 -> Digestif.SHA384.(to_raw_string (digest_string octets))

let hmac hash ~key octets =
  match hash with
  | `SHA256 -> Digestif.SHA256.(to_raw_string (hmac_string ~key octets))
  | `SHA384 -> Digestif.SHA384.(to_raw_string (hmac_string ~key octets))

module Aes_gcm = Mirage_crypto.AES.GCM

let x25519_secret octets = X25519.secret_of_octets octets
let p256_secret octets = P256.Dh.secret_of_octets octets
let p384_secret octets = P384.Dh.secret_of_octets octets

(* A public key as an uncompressed point. *)
let p256_point key = P256.Dsa.pub_to_octets key

module Pss_256 = Mirage_crypto_pk.Rsa.PSS (Digestif.SHA256)
module Pss_384 = Mirage_crypto_pk.Rsa.PSS (Digestif.SHA384)
module Pss_512 = Mirage_crypto_pk.Rsa.PSS (Digestif.SHA512)
module Drbg = Mirage_crypto_rng.Hmac_drbg (Digestif.SHA256)

(* A certificate's. *)
let serial octets = octets
