(* SPDX-License-Identifier: ISC *)

(** Numbers of 32 bits without a sign, where an [int] may have no more. *)

(** The largest that an [int] holds. *)
val largest : int

(** The number whose bits these are; {!largest} for one that is larger. *)
val to_int : int32 -> int
