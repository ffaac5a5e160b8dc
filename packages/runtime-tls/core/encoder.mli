(* SPDX-License-Identifier: ISC *)

(** Writing the presentation language of RFC 8446, 3. *)

val u8 : int -> string
val u16 : int -> string
val u24 : int -> string
val u32 : int32 -> string

(** The octets of the parts, behind their length in one, two or three octets. *)

val vector8 : string list -> string

val vector16 : string list -> string
val vector24 : string list -> string
