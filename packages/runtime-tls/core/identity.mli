(* SPDX-License-Identifier: ISC *)

(** A certificate chain and its private key: what one side proves itself with. *)

type t

(** [make chain key], the end entity's certificate first.
    @return [Error] with a sentence if there is no certificate, if the key is another
    one's, or if TLS 1.3 as built here cannot use it: RSA of 2,048 bits and more, P-256,
    P-384 and Ed25519 are. *)
val make :
  X509.Certificate.t list -> X509.Private_key.t -> (t, string) result

(** The same from PEM (RFC 7468). *)
val of_pem : certificates:string -> key:string -> (t, string) result

(** The chain as DER. *)
val chain : t -> string list

val key : t -> X509.Private_key.t

(** Whether the certificate is for that name (RFC 9525), in lower case. *)
val serves : t -> string -> bool

(** [scheme t offered] is the best of the peer's signature schemes for this key. *)
val scheme : t -> int list -> Suite.Scheme.t option
