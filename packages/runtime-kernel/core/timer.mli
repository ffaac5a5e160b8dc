(* SPDX-License-Identifier: ISC *)

(** Waiting for the monotonic clock. *)

(** [sleep ns] returns after that many nanoseconds; it can be cancelled. *)
val sleep : int -> unit Lwt.t

(** When the next one is due, [max_int] if there is none. *)
val next : unit -> int

(** Wakes those that are due. *)
val fire : unit -> unit
