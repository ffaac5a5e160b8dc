(* SPDX-License-Identifier: ISC *)

(** A clock in microseconds that only goes forward, out of the wall clock, which
    may be set. Points in time are floats, whole numbers of microseconds, so that
    they do not wrap where an int has 32 bits; durations are ints. *)

type t

(** [create time] starts at 0; [time ()] is the wall clock in seconds. *)
val create : (unit -> float) -> t

(** [now t] is the time. A step of the wall clock counts for at most
    {!max_step}. *)
val now : t -> float

(** Microseconds: whoever waits for longer must look at the clock in between. *)
val max_step : float

(** [after now us] is the time [us] microseconds later. *)
val after : float -> int -> float

(** [elapsed ~since now] is the time that has passed, in microseconds; at most
    1000 seconds of it are counted. *)
val elapsed : since:float -> float -> int
