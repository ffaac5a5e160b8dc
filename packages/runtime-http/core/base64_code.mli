(* SPDX-License-Identifier: ISC *)

(** Base64: RFC 4648, section 4. *)

val encode : string -> string

(** [decoded_length s] is how many octets [s] stands for; [None] if it is not Base64
    with its padding. *)
val decoded_length : string -> int option
