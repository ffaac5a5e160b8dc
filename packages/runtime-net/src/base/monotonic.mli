(* SPDX-License-Identifier: ISC *)

(** A clock in microseconds that only goes forward, out of the wall clock, which
    may be set. *)

type t

(** [create time] starts at 0; [time ()] is the wall clock in seconds. *)
val create : (unit -> float) -> t

(** [now t] is the time. A step of the wall clock counts for at most
    {!max_step}. *)
val now : t -> int

(** Microseconds: whoever waits for longer must look at the clock in between. *)
val max_step : int
