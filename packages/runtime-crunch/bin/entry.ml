(* SPDX-License-Identifier: ISC *)

(** Something that the image holds. *)

type content =
  | File of string  (** the path to open it by *)
  | Text of string

type t = {
  key : string;
  content : content;
  size : int;  (** octets *)
}

let text key text = { key; content = Text text; size = String.length text }
