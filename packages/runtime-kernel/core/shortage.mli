(* SPDX-License-Identifier: ISC *)

(** The garbage collector goes by what is allocated, not by how much memory there is: it
    would let the last page be taken while much of the rest is garbage. *)

(** From now on, all garbage is collected when memory becomes scarce, and again whenever
    half of what that has left is gone. *)
val watch : unit -> unit
