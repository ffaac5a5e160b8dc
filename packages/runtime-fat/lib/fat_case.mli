(* SPDX-License-Identifier: ISC *)

(** The capital of a small letter, as code points of the Basic Multilingual Plane; any
    other code point is its own. Names on FAT are compared so. *)
val upper : int -> int
