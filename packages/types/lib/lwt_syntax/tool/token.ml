(* SPDX-License-Identifier: ISC *)

type kind = Word | Value | Symbol
type t = { space : string; kind : kind; text : string }

let is_letter c =
  match c with 'a' .. 'z' | 'A' .. 'Z' | '_' | '\128' .. '\255' -> true | _ -> false

let is_digit c = match c with '0' .. '9' -> true | _ -> false
let is_in_word c = is_letter c || is_digit c || c = '\''

let is_operator c =
  match c with
  | '!' | '$' | '%' | '&' | '*' | '+' | '-' | '.' | '/' | ':' | '<' | '=' | '>'
  | '?' | '@' | '^' | '|' | '~' | '#' -> true
  | _ -> false

let read source =
  let length = String.length source in
  let at i = if i < length then source.[i] else '\000' in
  let starts i text =
    i + String.length text <= length
    && String.sub source i (String.length text) = text
  in
  let rec while_ is i = if i < length && is source.[i] then while_ is (i + 1) else i in
  let rec string_end i =
    if i >= length then length
    else
      match source.[i] with
      | '"' -> i + 1
      | '\\' -> string_end (i + 2)
      | _ -> string_end (i + 1)
  in
  (* [{id|…|id}], after the brace. *)
  let quoted_end i =
    let bar = while_ (fun c -> is_letter c && c <> '\'') i in
    if at bar <> '|' then None
    else
      let closing = "|" ^ String.sub source i (bar - i) ^ "}" in
      let rec find j =
        if j >= length then length
        else if starts j closing then j + String.length closing
        else find (j + 1)
      in
      Some (find (bar + 1))
  in
  (* After the quote: a character, or nothing if it is a type variable. *)
  let character_end i =
    if at i = '\\' then
      let rec find j = if j >= length || source.[j] = '\'' then j + 1 else find (j + 1) in
      Some (find (i + 2))
    else if at (i + 1) = '\'' then Some (i + 2)
    else None
  in
  let rec comment_end depth i =
    if i >= length then length
    else if starts i "(*" then comment_end (depth + 1) (i + 2)
    else if starts i "*)" then
      if depth = 1 then i + 2 else comment_end (depth - 1) (i + 2)
    else
      match source.[i] with
      | '"' -> comment_end depth (string_end (i + 1))
      | '\'' ->
        let next = Option.value (character_end (i + 1)) ~default:(i + 1) in
        comment_end depth next
      | _ -> comment_end depth (i + 1)
  in
  let rec space_end i =
    match at i with
    | ' ' | '\t' | '\r' | '\n' | '\012' when i < length -> space_end (i + 1)
    | '(' when at (i + 1) = '*' -> space_end (comment_end 1 (i + 2))
    | _ -> i
  in
  let token i =
    match source.[i] with
    | '"' -> (Value, string_end (i + 1))
    | '\'' -> (
        match character_end (i + 1) with
        | Some next -> (Value, next)
        | None -> (Word, while_ is_in_word (i + 1)))
    | '{' when quoted_end (i + 1) <> None ->
      (Value, Option.value (quoted_end (i + 1)) ~default:length)
    | c when is_digit c ->
      (Value, while_ (fun c -> is_in_word c || c = '.') i)
    | c when is_letter c -> (Word, while_ is_in_word i)
    | ('[' | '{') when at (i + 1) = '|' || at (i + 1) = '<' || at (i + 1) = '>' ->
      (Symbol, i + 2)
    | '|' when at (i + 1) = ']' -> (Symbol, i + 2)
    | '>' when at (i + 1) = ']' || at (i + 1) = '}' -> (Symbol, i + 2)
    | ';' when at (i + 1) = ';' -> (Symbol, i + 2)
    | c when is_operator c -> (Symbol, while_ is_operator i)
    | _ -> (Symbol, i + 1)
  in
  let rec tokens found i =
    let start = space_end i in
    let space = String.sub source i (start - i) in
    if start >= length then (List.rev found, space)
    else
      let kind, next = token start in
      let next = min next length in
      let text = String.sub source start (next - start) in
      tokens ({ space; kind; text } :: found) next
  in
  tokens [] 0
