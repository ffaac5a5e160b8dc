(* SPDX-License-Identifier: ISC *)

(** [of_second seconds] is the header line [date: …] with its end; it is put together
    once a second. *)
val of_second : float -> string
