(* SPDX-License-Identifier: ISC *)

(** Where a TCP/IP stack takes numbers from that nobody may guess: {!V1.RANDOM} makes no
    promise about its own. *)

(** [set f] is for a runtime that has a generator fit for that: [f n] are [n] octets, or
    [None] if it has none at the moment. *)
val set : (int -> string option) -> unit

(** [octets n] are [n] octets from there; [None] if no runtime has set one. *)
val octets : int -> string option
