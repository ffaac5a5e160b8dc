(* SPDX-License-Identifier: ISC *)

(** One callback, called at the times it was asked for, over a [sleep] that
    cannot be cancelled. *)

type t

(** [create ~sleep ~clock callback] calls nothing yet. *)
val create :
  sleep:(float -> unit Lwt.t) -> clock:Monotonic.t -> (unit -> unit) -> t

(** [set t at] has the callback called at the time [at] of the clock, or earlier
    if that is far away. *)
val set : t -> float -> unit
