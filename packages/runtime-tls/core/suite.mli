(* SPDX-License-Identifier: ISC *)

(** What is negotiated by number: cipher suites (RFC 8446, B.4), groups (4.2.7)
    and signature schemes (4.2.3). *)

(** The hash of a suite. *)
type hash = [ `SHA256 | `SHA384 ]

(** Cipher suites of TLS 1.3. *)
type t = Aes_128_gcm_sha256 | Aes_256_gcm_sha384 | Chacha20_poly1305_sha256

(** All, in the order of preference. *)
val all : t list

val to_int : t -> int
val of_int : int -> t option

(** The name of the registry, such as ["TLS_AES_128_GCM_SHA256"]. *)
val to_string : t -> string

val hash : t -> hash

(** Octets of a key. *)
val key_length : t -> int

(** Records that one key may protect (RFC 8446, 5.5), rounded down. *)
val record_limit : t -> int

module Group : sig
  type t = X25519 | P256 | P384

  (** All, in the order of preference. *)
  val all : t list

  val to_int : t -> int
  val of_int : int -> t option
  val to_string : t -> string
end

module Scheme : sig
  type t =
    | Ecdsa_p256_sha256
    | Ecdsa_p384_sha384
    | Ed25519
    | Rsa_pss_sha256
    | Rsa_pss_sha384
    | Rsa_pss_sha512

  (** All, in the order of preference. *)
  val all : t list

  (** What is taken for the signatures within a chain beside {!all}: RSASSA-PKCS1-v1_5
      (RFC 8446, 4.2.3: for certificates only). *)
  val only_in_certificates : int list

  val to_int : t -> int
  val of_int : int -> t option
  val to_string : t -> string

  (** Whether a key can make signatures of the scheme. An ECDSA scheme goes with
      one curve. *)
  val suits : X509.Key_type.t -> t -> bool
end
