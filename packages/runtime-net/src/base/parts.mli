(* SPDX-License-Identifier: ISC *)

(** Data in parts, one behind the other. *)

(** [cut n parts] are the first [n] octets and the rest, without copying. *)
val cut : int -> Cstruct.t list -> Cstruct.t list * Cstruct.t list
