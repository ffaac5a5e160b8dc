(* SPDX-License-Identifier: ISC *)

(** {!Reassembly} of IPv4. *)

type t

(** [create ~max_datagrams ~max_octets] is empty; at most so many datagrams are
    kept at a time, with so many octets in all. *)
val create : max_datagrams:int -> max_octets:int -> t

(** [insert t fragment] is the whole payload if [fragment] was the last one
    missing. *)
val insert : t -> Ipv4_wire.t -> Cstruct.t option

(** [is_empty t]: no datagram is incomplete. *)
val is_empty : t -> bool

(** Seconds between two calls of {!tick}. *)
val tick_period : float

(** [tick t] lets all that is incomplete age, and drops what is too old. *)
val tick : t -> unit
