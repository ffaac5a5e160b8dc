(* SPDX-License-Identifier: ISC *)

(** How much memory there is for data on its way through a network: on a machine without
    an operating system, a TCP/IP stack has nobody to ask. *)

(** [set_limit octets] is for whoever knows the machine. *)
val set_limit : int -> unit

(** What all connections together should not exceed; [max_int] if nobody has said. *)
val limit : unit -> int
