(* SPDX-License-Identifier: ISC *)

(** Computations that wait for something to change. *)

type t

val create : unit -> t
val is_empty : t -> bool

(** Waits for the next {!wake}; may be cancelled. *)
val wait : t -> unit Lwt.t

(** Lets all of them go on, before it returns. *)
val wake : t -> unit
