(* SPDX-License-Identifier: ISC *)

type t =
  | Null
  | Bool of bool
  | Number of float
  | String of string
  | List of t list
  | Object of (string * t) list

exception Bad of int * string

let most_depth = 32

type input = { text : string; mutable at : int }

let bad input fmt =
  Printf.ksprintf (fun why -> raise (Bad (input.at, why))) fmt

let peek { text; at } = if at < String.length text then text.[at] else '\000'
let skip input = input.at <- input.at + 1

let rec space input =
  match peek input with
  | ' ' | '\t' | '\n' | '\r' ->
      skip input;
      space input
  | _ -> ()

let expect input c =
  if peek input <> c then bad input "%C is missing" c;
  skip input

let word input text value =
  let length = String.length text in
  if
    input.at + length <= String.length input.text
    && String.sub input.text input.at length = text
  then begin
    input.at <- input.at + length;
    value
  end
  else bad input "no value"

let while_ input accepts =
  let start = input.at in
  while accepts (peek input) do
    skip input
  done;
  String.sub input.text start (input.at - start)

let digits input =
  let found = while_ input (function '0' .. '9' -> true | _ -> false) in
  if found = "" then bad input "a digit is missing"

let number input =
  let start = input.at in
  if peek input = '-' then skip input;
  if peek input = '0' then skip input else digits input;
  if peek input = '.' then begin
    skip input;
    digits input
  end;
  (match peek input with
  | 'e' | 'E' ->
      skip input;
      (match peek input with '+' | '-' -> skip input | _ -> ());
      digits input
  | _ -> ());
  Number (float_of_string (String.sub input.text start (input.at - start)))

let hexadecimal input =
  let quad =
    if input.at + 4 > String.length input.text then bad input "\\u is cut off"
    else String.sub input.text input.at 4
  in
  let is_digit = function
    | '0' .. '9' | 'a' .. 'f' | 'A' .. 'F' -> true
    | _ -> false
  in
  if not (String.for_all is_digit quad) then bad input "\\u without four digits";
  input.at <- input.at + 4;
  int_of_string ("0x" ^ quad)

(* A character beyond the first 65,536 is a pair of surrogates. *)
let escaped input =
  match hexadecimal input with
  | high when high >= 0xd800 && high < 0xdc00 ->
      expect input '\\';
      expect input 'u';
      let low = hexadecimal input in
      if low < 0xdc00 || low > 0xdfff then bad input "half a surrogate pair";
      0x10000 + ((high - 0xd800) lsl 10) + (low - 0xdc00)
  | low when low >= 0xdc00 && low < 0xe000 -> bad input "half a surrogate pair"
  | code -> code

let string input =
  let buffer = Buffer.create 64 in
  expect input '"';
  let rec rest () =
    if input.at >= String.length input.text then bad input "a string without end";
    match peek input with
    | '"' -> skip input
    | '\\' ->
        skip input;
        let c = peek input in
        skip input;
        (match c with
        | '"' | '\\' | '/' -> Buffer.add_char buffer c
        | 'b' -> Buffer.add_char buffer '\b'
        | 'f' -> Buffer.add_char buffer '\012'
        | 'n' -> Buffer.add_char buffer '\n'
        | 'r' -> Buffer.add_char buffer '\r'
        | 't' -> Buffer.add_char buffer '\t'
        | 'u' -> Buffer.add_utf_8_uchar buffer (Uchar.of_int (escaped input))
        | _ -> bad input "no escape");
        rest ()
    | c when c < ' ' -> bad input "a control character in a string"
    | c ->
        Buffer.add_char buffer c;
        skip input;
        rest ()
  in
  rest ();
  Buffer.contents buffer

(* [sequence input close item] is what stands between commas up to [close]. *)
let sequence input close item =
  skip input;
  space input;
  let rec rest sofar =
    let sofar = item () :: sofar in
    space input;
    if peek input = ',' then begin
      skip input;
      space input;
      rest sofar
    end
    else begin
      expect input close;
      List.rev sofar
    end
  in
  if peek input = close then begin
    skip input;
    []
  end
  else rest []

let rec value input depth =
  if depth > most_depth then bad input "nested too deeply";
  space input;
  match peek input with
  | '{' ->
      let members = sequence input '}' (fun () -> member_of input depth) in
      let names = List.sort compare (List.map fst members) in
      let rec twice = function
        | a :: (b :: _ as rest) -> if a = b then Some a else twice rest
        | _ -> None
      in
      Option.iter (bad input "the member %S comes twice") (twice names);
      Object members
  | '[' -> List (sequence input ']' (fun () -> value input (depth + 1)))
  | '"' -> String (string input)
  | 't' -> word input "true" (Bool true)
  | 'f' -> word input "false" (Bool false)
  | 'n' -> word input "null" Null
  | _ -> number input

and member_of input depth =
  let name = string input in
  space input;
  expect input ':';
  (name, value input (depth + 1))

let of_string text =
  let input = { text; at = 0 } in
  try
    let found = value input 0 in
    space input;
    if input.at < String.length text then bad input "something follows the value";
    Ok found
  with Bad (at, why) ->
    Error (Printf.sprintf "no JSON: %s at offset %d" why at)

let quote buffer text =
  Buffer.add_char buffer '"';
  String.iter
    (function
      | ('"' | '\\') as c ->
          Buffer.add_char buffer '\\';
          Buffer.add_char buffer c
      | c when c < ' ' -> Buffer.add_string buffer (Printf.sprintf "\\u%04x" (Char.code c))
      | c -> Buffer.add_char buffer c)
    text;
  Buffer.add_char buffer '"'

let to_string json =
  let buffer = Buffer.create 256 in
  let separated print = List.iteri (fun i item ->
      if i > 0 then Buffer.add_char buffer ',';
      print item)
  in
  let rec print = function
    | Null -> Buffer.add_string buffer "null"
    | Bool value -> Buffer.add_string buffer (string_of_bool value)
    | Number value -> Buffer.add_string buffer (Printf.sprintf "%.17g" value)
    | String text -> quote buffer text
    | List items ->
        Buffer.add_char buffer '[';
        separated print items;
        Buffer.add_char buffer ']'
    | Object members ->
        Buffer.add_char buffer '{';
        separated
          (fun (name, value) ->
            quote buffer name;
            Buffer.add_char buffer ':';
            print value)
          members;
        Buffer.add_char buffer '}'
  in
  print json;
  Buffer.contents buffer

let member name = function
  | Object members -> List.assoc_opt name members
  | _ -> None

let text name json =
  match member name json with Some (String text) -> Some text | _ -> None

let items name json =
  match member name json with Some (List items) -> items | _ -> []
