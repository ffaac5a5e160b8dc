(* SPDX-License-Identifier: ISC *)

(** JSON texts (RFC 8259), as little of them as ACME needs. *)

type t =
  | Null
  | Bool of bool
  | Number of float
  | String of string  (** UTF-8 *)
  | List of t list
  | Object of (string * t) list

(** [of_string text] is its value; or a sentence with the offset of the mistake. Texts nested
    deeper than 32 are refused, and so are names that come twice in an object. *)
val of_string : string -> (t, string) result

(** The shortest text. *)
val to_string : t -> string

(** The member of that name; [None] if there is none, or this is no object. *)
val member : string -> t -> t option

(** The same, if it is a string. *)
val text : string -> t -> string option

(** The same, if it is a list; otherwise []. *)
val items : string -> t -> t list
