(* SPDX-License-Identifier: ISC *)

(** Sequence numbers: integers modulo 2^32 (RFC 9293, section 3.4), right where an
    int has 32 bits or more. Equal numbers are equal ints; comparisons hold for
    numbers less than 2^31 apart. *)

val add : int -> int -> int

(** [diff a b] is the distance from [b] to [a], negative if [a] comes before. *)
val diff : int -> int -> int

val lt : int -> int -> bool
val leq : int -> int -> bool
val gt : int -> int -> bool
val geq : int -> int -> bool

(** The later one. *)
val max : int -> int -> int

(** The earlier one. *)
val min : int -> int -> int

val of_int32 : int32 -> int
val to_int32 : int -> int32

(** [of_float x] is the integer part of [x], which is not negative. *)
val of_float : float -> int

(** [get buf off] is the number at [off], in network order. *)
val get : Cstruct.t -> int -> int

(** [set buf off n] writes it there. *)
val set : Cstruct.t -> int -> int -> unit
