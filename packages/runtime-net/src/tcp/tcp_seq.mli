(* SPDX-License-Identifier: ISC *)

(** Sequence numbers: integers from 0 to 2^32 - 1 that wrap around (RFC 9293,
    section 3.4). Comparisons hold for numbers less than 2^31 apart. *)

val add : int -> int -> int

(** [diff a b] is the distance from [b] to [a], negative if [a] comes before. *)
val diff : int -> int -> int

val lt : int -> int -> bool
val leq : int -> int -> bool
val gt : int -> int -> bool
val geq : int -> int -> bool

(** The later one. *)
val max : int -> int -> int
