(* SPDX-License-Identifier: ISC *)

(** Text between a running program and who operates it: whoever runs the machine has a
    channel, which the runtime brings ({!connect}), and the program answers what comes out of
    it ({!on_connect}). What is said is up to the two: see [Control] of
    mirage-runtime-operations. *)

type t = {
  send : string -> unit;  (** takes a piece of text and never waits *)
  queued : unit -> int;  (** octets that were taken and are not on their way *)
}

(** {1 For the program} *)

(** [on_connect answer]: [answer channel] is called for each channel that comes from now on,
    and is a function for the pieces of text that come out of it. *)
val on_connect : (t -> string -> unit) -> unit

(** {1 For the runtime} *)

(** [connect channel] is what takes the pieces of text that come; they are ignored in a
    program that answers nobody. *)
val connect : t -> string -> unit
