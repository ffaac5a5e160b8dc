(* SPDX-License-Identifier: ISC *)

(** The key schedule: RFC 8446, 7.1, 7.3, 7.5 and 4.4.4, over HKDF (RFC 5869). *)

(** HKDF-Extract, and HKDF-Expand-Label of RFC 8446, 7.1. *)

val extract : Suite.hash -> salt:string -> string -> string

val expand_label :
  Suite.hash -> string -> label:string -> context:string -> length:int -> string

(** The schedule before the exchange of keys, and after it. *)

type early
type handshake
type master

(** [early hash ~psk] begins with the key that a ticket brought, or without. *)
val early : Suite.hash -> psk:string option -> early

(** The value that proves knowledge of the ticket's key: [truncated] is the hash of
    what was said up to the binders (RFC 8446, 4.2.11.2). *)
val binder : early -> truncated:string -> string

(** [handshake early ~shared ~transcript] with the hash of ClientHello to
    ServerHello. *)
val handshake : early -> shared:string -> transcript:string -> handshake

val client_handshake_secret : handshake -> string
val server_handshake_secret : handshake -> string

(** [master handshake ~transcript] with the hash up to the server's Finished. *)
val master : handshake -> transcript:string -> master

val client_application_secret : master -> string
val server_application_secret : master -> string

(** [resumption master ~transcript ~nonce] is the key of a ticket: [transcript] is
    the hash up to the client's Finished (RFC 8446, 4.6.1). *)
val resumption : master -> transcript:string -> nonce:string -> string

(** Keying material for others (RFC 8446, 7.5). *)
val export :
  master -> label:string -> context:string -> length:int -> string

(** The content of Finished under a handshake traffic secret (RFC 8446, 4.4.4). *)
val finished : Suite.hash -> secret:string -> transcript:string -> string

(** The secret after a KeyUpdate (RFC 8446, 7.2). *)
val next_secret : Suite.hash -> string -> string

(** Key and initialisation vector of a traffic secret (RFC 8446, 7.3). *)
val traffic_keys : Suite.t -> string -> string * string
