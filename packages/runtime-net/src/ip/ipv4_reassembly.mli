(* SPDX-License-Identifier: ISC *)

(** Reassembly of fragmented datagrams (RFC 791, section 3.2) within fixed
    memory.

    A datagram of which two fragments overlap without being equal is dropped, and
    all its later fragments with it (RFC 5722 applied to IPv4): overlaps serve
    only to get past filters. What is incomplete after half a minute goes, and
    the oldest goes first when memory is short. *)

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
