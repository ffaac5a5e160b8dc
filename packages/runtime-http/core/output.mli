(* SPDX-License-Identifier: ISC *)

(** Gathers text and sends it in few writes. *)

type t

val create : Transport.t -> t

(** [add t text] is to be sent by the next {!flush}. *)
val add : t -> string -> unit

(** Whether enough was added for a write that is worth while. *)
val is_large : t -> bool

(** Sends what was added, by one write of a copy for each 64 KiB. *)
val flush : t -> unit Lwt.t
