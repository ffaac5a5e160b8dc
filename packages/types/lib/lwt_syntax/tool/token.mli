(* SPDX-License-Identifier: ISC *)

(** OCaml's tokens, as far as one has to know them to find where expressions end. *)

type kind =
  | Word  (** an identifier or a keyword *)
  | Value  (** a number, a string, a character *)
  | Symbol  (** an operator or punctuation *)

type t = {
  space : string;  (** blanks and comments in front *)
  kind : kind;
  text : string;
}

(** [read source] is all tokens, and what follows the last one. The texts in order
    are [source]. *)
val read : string -> t list * string
