(* SPDX-License-Identifier: ISC *)

(** Reassembly of fragmented datagrams (RFC 791, section 3.2; RFC 8200, section 4.5) within
    fixed memory.

    A datagram of which two fragments overlap without being equal is dropped, and all its
    later fragments with it (RFC 5722, applied to IPv4 as well): overlaps serve only to get
    past filters. What is incomplete after half a minute goes, and the oldest goes first
    when memory is short. *)

(** ['key] is what all fragments of a datagram have in common; it is compared and hashed as
    a value. *)
type 'key t

(** [create ~max_datagrams ~max_octets] is empty; at most so many datagrams are kept at a
    time, with so many octets in all. *)
val create : max_datagrams:int -> max_octets:int -> 'key t

(** [insert t key ~offset ~more ~begins payload] is the whole payload if this fragment was
    the last one missing, with the [begins] of the first. *)
val insert :
  'key t ->
  'key ->
  offset:int ->
  more:bool ->
  begins:int ->
  Cstruct.t ->
  (int * Cstruct.t) option

(** [is_empty t]: no datagram is incomplete. *)
val is_empty : 'key t -> bool

(** Seconds between two calls of {!tick}. *)
val tick_period : float

(** [tick t] lets all that is incomplete age, and drops what is too old. *)
val tick : 'key t -> unit
