(* SPDX-License-Identifier: ISC *)

(** The cryptography of mirage-crypto, as TLS uses it. What differs between its
    versions is in {!Versions}. *)

(** [random n] is [n] octets that nobody can guess. *)
type random = int -> string

module Hash : sig
  (** A hash of what was fed so far. *)
  type t

  val empty : Suite.hash -> t
  val feed : t -> string -> t
  val get : t -> string
  val digest : Suite.hash -> string -> string
  val hmac : Suite.hash -> key:string -> string -> string

  (** Octets of a digest. *)
  val size : Suite.hash -> int
end

(** Authenticated encryption with associated data (RFC 5116). *)
module Aead : sig
  type key

  (** @raise Invalid_argument unless the secret has {!Suite.key_length} octets. *)
  val key : Suite.t -> string -> key

  (** Octets that encryption adds. *)
  val tag_length : int

  val encrypt : key -> nonce:string -> adata:string -> Cstruct.t -> Cstruct.t

  (** [None] unless it was made by {!encrypt} with the same key, nonce and [adata]. *)
  val decrypt :
    key -> nonce:string -> adata:string -> Cstruct.t -> Cstruct.t option
end

(** Diffie-Hellman over elliptic curves (RFC 8446, 4.2.8.2 and 7.4.2). *)
module Exchange : sig
  type secret

  (** A fresh secret and the share that is sent. *)
  val generate : random -> Suite.Group.t -> secret * string

  val group : secret -> Suite.Group.t

  (** What both sides get to know; [None] if the share is no point of the curve, or
      one of small order. *)
  val shared : secret -> string -> string option
end

module Signature : sig
  (** @raise Invalid_argument if the key does not suit the scheme. *)
  val sign : random -> Suite.Scheme.t -> X509.Private_key.t -> string -> string

  val verify :
    Suite.Scheme.t -> X509.Public_key.t -> signature:string -> string -> bool
end

(** [equal a b] takes the same time wherever [a] and [b] differ. *)
val equal : string -> string -> bool
