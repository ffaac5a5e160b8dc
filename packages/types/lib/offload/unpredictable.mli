(* SPDX-License-Identifier: ISC *)

(** Numbers that peers may not guess: from {!Random_source}, or from OCaml's generator
    where the runtime has set none. *)

(** [octets n] are [n] octets. *)
val octets : int -> string

(** [below n] is a number from 0 up to [n] - 1; [n] is at most 65536. *)
val below : int -> int
