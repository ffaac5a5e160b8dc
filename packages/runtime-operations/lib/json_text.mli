(* SPDX-License-Identifier: ISC *)

(** JSON (RFC 8259) as text, in one line, to be written. *)

type t

val int : int -> t

(** [null] for what is no finite number. *)
val float : float -> t

(** Of UTF-8; octets that are none become U+FFFD. *)
val string : string -> t

val obj : (string * t) list -> t
val to_string : t -> string
