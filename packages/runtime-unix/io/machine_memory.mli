(* SPDX-License-Identifier: ISC *)

(** How much memory this process may use. *)

(** The least, in octets, of what its resource limits, its control groups (version 2)
    and the machine allow; [None] where the system has no word for it that we know. *)
val octets : unit -> int option
