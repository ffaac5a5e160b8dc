(* SPDX-License-Identifier: ISC *)

(** Base64 for URLs, without padding: RFC 4648, section 5, as RFC 7515 uses it. *)

val encode : string -> string
