(* SPDX-License-Identifier: ISC *)

(** Fields of what is shared with other domains, little-endian. Cstruct's functions
    would be inlined at each use. *)

val get8 : Cstruct.t -> int -> int
val get16 : Cstruct.t -> int -> int
val get32 : Cstruct.t -> int -> int
val set8 : Cstruct.t -> int -> int -> unit
val set16 : Cstruct.t -> int -> int -> unit
val set32 : Cstruct.t -> int -> int -> unit
