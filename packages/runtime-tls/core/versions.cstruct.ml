(* SPDX-License-Identifier: ISC *)

(* mirage-crypto 0.10 and x509 0.16: their octets are a Cstruct.t. *)

open Mirage_crypto
open Mirage_crypto_ec

module Octets = struct
  type t = Cstruct.t

  let of_string octets = Cstruct.of_string octets
  let to_string octets = Cstruct.to_string octets
  let of_cstruct octets = octets
  let to_cstruct octets = octets
end

module Sha256 = struct
  include Hash.SHA256

  let feed t octets = feed t (Cstruct.of_string octets)
  let get t = Cstruct.to_string (get t)
end

module Sha384 = struct
  include Hash.SHA384

  let feed t octets = feed t (Cstruct.of_string octets)
  let get t = Cstruct.to_string (get t)
end

let digest hash octets =
  Cstruct.to_string (Hash.digest (hash :> Hash.hash) (Cstruct.of_string octets))

let hmac hash ~key octets =
  let of_string = Cstruct.of_string in
  Cstruct.to_string
    (Hash.mac (hash :> Hash.hash) ~key:(of_string key) (of_string octets))

module Aes_gcm = Cipher_block.AES.GCM

let x25519_secret octets = X25519.secret_of_cs (Cstruct.of_string octets)
let p256_secret octets = P256.Dh.secret_of_cs (Cstruct.of_string octets)
let p384_secret octets = P384.Dh.secret_of_cs (Cstruct.of_string octets)

(* A public key as an uncompressed point. *)
let p256_point key = Cstruct.to_string (P256.Dsa.pub_to_cstruct key)

module Pss_256 = Mirage_crypto_pk.Rsa.PSS (Hash.SHA256)
module Pss_384 = Mirage_crypto_pk.Rsa.PSS (Hash.SHA384)
module Pss_512 = Mirage_crypto_pk.Rsa.PSS (Hash.SHA512)
module Drbg = Mirage_crypto_rng.Hmac_drbg (Hash.SHA256)

(* A certificate's. *)
let serial octets =
  Mirage_crypto_pk.Z_extra.of_cstruct_be (Cstruct.of_string octets)
