(* SPDX-License-Identifier: ISC *)

type hash = [ `SHA256 | `SHA384 ]
type t = Aes_128_gcm_sha256 | Aes_256_gcm_sha384 | Chacha20_poly1305_sha256

let all = [ Aes_128_gcm_sha256; Chacha20_poly1305_sha256; Aes_256_gcm_sha384 ]

let to_int = function
  | Aes_128_gcm_sha256 -> 0x1301
  | Aes_256_gcm_sha384 -> 0x1302
  | Chacha20_poly1305_sha256 -> 0x1303

let find to_int all n = List.find_opt (fun item -> to_int item = n) all
let of_int = find to_int all

let to_string = function
  | Aes_128_gcm_sha256 -> "TLS_AES_128_GCM_SHA256"
  | Aes_256_gcm_sha384 -> "TLS_AES_256_GCM_SHA384"
  | Chacha20_poly1305_sha256 -> "TLS_CHACHA20_POLY1305_SHA256"

let hash = function
  | Aes_128_gcm_sha256 | Chacha20_poly1305_sha256 -> `SHA256
  | Aes_256_gcm_sha384 -> `SHA384

let key_length = function
  | Aes_128_gcm_sha256 -> 16
  | Aes_256_gcm_sha384 | Chacha20_poly1305_sha256 -> 32

(* 2^24.5 for AES-GCM; ChaCha20-Poly1305 has no limit but the record counter's, and
   the same serves. *)
let record_limit _ = 0x1000000

module Group = struct
  type t = X25519 | P256 | P384

  let all = [ X25519; P256; P384 ]
  let to_int = function X25519 -> 0x001d | P256 -> 0x0017 | P384 -> 0x0018
  let of_int = find to_int all

  let to_string = function
    | X25519 -> "x25519"
    | P256 -> "secp256r1"
    | P384 -> "secp384r1"
end

module Scheme = struct
  type t =
    | Ecdsa_p256_sha256
    | Ecdsa_p384_sha384
    | Ed25519
    | Rsa_pss_sha256
    | Rsa_pss_sha384
    | Rsa_pss_sha512

  let all =
    [
      Ecdsa_p256_sha256;
      Ed25519;
      Ecdsa_p384_sha384;
      Rsa_pss_sha256;
      Rsa_pss_sha384;
      Rsa_pss_sha512;
    ]

  let only_in_certificates = [ 0x0401; 0x0501; 0x0601 ]

  let to_int = function
    | Ecdsa_p256_sha256 -> 0x0403
    | Ecdsa_p384_sha384 -> 0x0503
    | Ed25519 -> 0x0807
    | Rsa_pss_sha256 -> 0x0804
    | Rsa_pss_sha384 -> 0x0805
    | Rsa_pss_sha512 -> 0x0806

  let of_int = find to_int all

  let to_string = function
    | Ecdsa_p256_sha256 -> "ecdsa_secp256r1_sha256"
    | Ecdsa_p384_sha384 -> "ecdsa_secp384r1_sha384"
    | Ed25519 -> "ed25519"
    | Rsa_pss_sha256 -> "rsa_pss_rsae_sha256"
    | Rsa_pss_sha384 -> "rsa_pss_rsae_sha384"
    | Rsa_pss_sha512 -> "rsa_pss_rsae_sha512"

  let suits key scheme =
    match (key, scheme) with
    | `P256, Ecdsa_p256_sha256
    | `P384, Ecdsa_p384_sha384
    | `ED25519, Ed25519
    | `RSA, (Rsa_pss_sha256 | Rsa_pss_sha384 | Rsa_pss_sha512) ->
        true
    | _ -> false
end
