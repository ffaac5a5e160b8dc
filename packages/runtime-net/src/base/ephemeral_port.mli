(* SPDX-License-Identifier: ISC *)

(** A port that nobody can guess: RFC 6056, section 3.3.1. *)

(** [choose ~taken] is one of 49152-65535 (RFC 6335, section 6) that is not [taken]. *)
val choose : taken:(int -> bool) -> int
