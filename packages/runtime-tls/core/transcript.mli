(* SPDX-License-Identifier: ISC *)

(** The transcript hash: RFC 8446, 4.4.1. *)

(** The handshake messages so far. *)
type t

val empty : t
val add : t -> string -> t

(** [choose t hash] hashes what is there, and all that follows. *)
val choose : t -> Suite.hash -> t

(** [after_retry t] puts [message_hash] in the place of the first ClientHello; the hash
    must have been chosen, and only that message added. *)
val after_retry : t -> t

(** The hash of all messages, with [partial] behind them. *)
val hash : ?partial:string -> t -> string

type side = Client | Server

(** What a side's CertificateVerify signs (RFC 8446, 4.4.3). *)
val to_be_signed : side -> t -> string
