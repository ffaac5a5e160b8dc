(* SPDX-License-Identifier: ISC *)

let is_token_char = function
  | 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' -> true
  | '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' -> true
  | '.' | '^' | '_' | '`' | '|' | '~' -> true
  | _ -> false

(* The characters of a token by their codes: heads consist of them. *)
let tokens = String.init 256 (fun code -> if is_token_char (Char.chr code) then 'y' else 'n')

let is_token_char c = String.unsafe_get tokens (Char.code c) = 'y'

let rec skip_token s stop i =
  if i < stop && is_token_char (String.unsafe_get s i) then skip_token s stop (i + 1)
  else i

let is_token s =
  let length = String.length s in
  length > 0 && skip_token s length 0 = length
let is_digit = function '0' .. '9' -> true | _ -> false

let is_hex_digit = function
  | '0' .. '9' | 'a' .. 'f' | 'A' .. 'F' -> true
  | _ -> false

let is_field_char c = c = '\t' || (c >= ' ' && c <> '\127')

let rec same a b i =
  i = String.length a
  || Char.equal (Char.lowercase_ascii a.[i]) (Char.lowercase_ascii b.[i])
     && same a b (i + 1)

let equal_token a b = String.length a = String.length b && same a b 0

let is_blank c = c = ' ' || c = '\t'

let trim s =
  let length = String.length s in
  let rec first i = if i < length && is_blank s.[i] then first (i + 1) else i in
  let rec last i = if i > 0 && is_blank s.[i - 1] then last (i - 1) else i in
  let start = first 0 in
  if start = length then ""
  else
    let stop = last length in
    if start = 0 && stop = length then s else String.sub s start (stop - start)

let elements value =
  let length = String.length value in
  let element start stop found =
    match trim (String.sub value start (stop - start)) with
    | "" -> found
    | element -> element :: found
  in
  let rec scan start i ~quoted found =
    if i >= length then List.rev (element start length found)
    else
      match value.[i] with
      | '\\' when quoted -> scan start (i + 2) ~quoted found
      | '"' -> scan start (i + 1) ~quoted:(not quoted) found
      | ',' when not quoted ->
          scan (i + 1) (i + 1) ~quoted (element start i found)
      | _ -> scan start (i + 1) ~quoted found
  in
  scan 0 0 ~quoted:false []

let has_token token values =
  List.exists
    (fun value -> List.exists (equal_token token) (elements value))
    values

let number s ~max =
  let length = String.length s in
  let rec from i n =
    if i = length then Some n
    else if not (is_digit s.[i]) then None
    else
      let digit = Int64.of_int (Char.code s.[i] - Char.code '0') in
      if Int64.compare n (Int64.div (Int64.sub max digit) 10L) > 0 then None
      else from (i + 1) (Int64.add (Int64.mul n 10L) digit)
  in
  if length = 0 then None else from 0 0L
