(* SPDX-License-Identifier: ISC *)

(** The certificates that an ACME client has to do with. *)

open Mirage_runtime_tls_core

(** A fresh key of P-256, in PEM, and the certificate request (RFC 2986) in DER for these
    domains alone. *)
val request : Primitives.random -> domains:string list -> string * string

(** What proves a domain by tls-alpn-01 (RFC 8737, section 3): a certificate that the
    authority's probe is shown, good for a week around [now]. *)
val proof : Primitives.random -> now:Ptime.t -> Acme.answer -> Identity.t

(** [accept ~now ~domains ~certificates ~key] is the identity of a chain in PEM that the
    authority gave; or why it is none: unreadable, for another key or other domains, or not
    valid at [now]. *)
val accept :
  now:Ptime.t ->
  domains:string list ->
  certificates:string ->
  key:string ->
  (Identity.t, string) result

(** When a certificate shall be renewed: at two thirds of its validity. The leaf is the first
    of a chain in PEM. *)
val renewal : certificates:string -> (Ptime.t, string) result
