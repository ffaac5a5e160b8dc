(* SPDX-License-Identifier: ISC *)

(** Memory that never changes, such as the files that are part of a program. Who sends what
    lies in it need not copy it, however many receive it. *)

(** [register memory] promises that for [memory]. *)
val register : Cstruct.buffer -> unit

(** Whether all of a buffer lies in registered memory. *)
val holds : Cstruct.t -> bool
