(* SPDX-License-Identifier: ISC *)

type t = string

let int = string_of_int
let float value = if Float.is_finite value then Printf.sprintf "%.15g" value else "null"

(* How many octets of UTF-8 a character takes by its first one: RFC 3629, section 4. *)
let length_of = function
  | '\x00' .. '\x7f' -> 1
  | '\xc2' .. '\xdf' -> 2
  | '\xe0' .. '\xef' -> 3
  | '\xf0' .. '\xf4' -> 4
  | _ -> 0

let is_whole text at length =
  let continues i = Char.code text.[at + i] land 0xc0 = 0x80 in
  length > 0
  && at + length <= String.length text
  && List.for_all continues (List.init (length - 1) succ)

let string text =
  let buffer = Buffer.create (String.length text + 2) in
  let rec add at =
    if at < String.length text then
      let length = length_of text.[at] in
      match text.[at] with
      | ('"' | '\\') as c ->
          Buffer.add_char buffer '\\';
          Buffer.add_char buffer c;
          add (at + 1)
      | '\x00' .. '\x1f' as c ->
          Buffer.add_string buffer (Printf.sprintf "\\u%04x" (Char.code c));
          add (at + 1)
      | _ when is_whole text at length ->
          Buffer.add_string buffer (String.sub text at length);
          add (at + length)
      | _ ->
          Buffer.add_string buffer "\\ufffd";
          add (at + 1)
  in
  Buffer.add_char buffer '"';
  add 0;
  Buffer.add_char buffer '"';
  Buffer.contents buffer

let obj fields =
  let field (name, value) = string name ^ ":" ^ value in
  "{" ^ String.concat "," (List.map field fields) ^ "}"

let to_string t = t
