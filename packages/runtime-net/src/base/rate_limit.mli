(* SPDX-License-Identifier: ISC *)

(** So many things a second, for answers to what anybody can send. *)

type t

(** [create ~per_second] allows bursts of as many as in one second. *)
val create : per_second:int -> t

(** [allows t ~now] is whether one more may be done at [now], a time of {!Monotonic};
    if so, it is counted. *)
val allows : t -> now:float -> bool
