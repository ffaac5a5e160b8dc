(* SPDX-License-Identifier: ISC *)

let is_end line = line = "\r\n"

exception Malformed

let demand condition = if not condition then raise_notrace Malformed

(* [parser line stop] where the line without its CR LF ends at [stop]. *)
let within line reason parser =
  let stop = String.length line - 2 in
  if stop < 0 || line.[stop] <> '\r' || line.[stop + 1] <> '\n' then
    Error "a line of the chunked body does not end with CR LF"
  else try Ok (parser line stop) with Malformed -> Error reason

let rec skip line stop is i =
  if i < stop && is line.[i] then skip line stop is (i + 1) else i

let is_blank c = c = ' ' || c = '\t'

let token line stop i =
  let after = skip line stop Grammar.is_token_char i in
  demand (after > i);
  after

(* RFC 9110, section 5.6.4; [i] is behind the first quotation mark. *)
let rec quoted line stop i =
  demand (i < stop);
  match line.[i] with
  | '"' -> i + 1
  | '\\' ->
      demand (i + 1 < stop && Grammar.is_field_char line.[i + 1]);
      quoted line stop (i + 2)
  | c ->
      demand (Grammar.is_field_char c);
      quoted line stop (i + 1)

let is_at line stop i c = i < stop && line.[i] = c

(* RFC 9112, section 7.1.1: where white space is allowed, another element has to
   follow. *)
let rec extensions line stop i =
  if i < stop then begin
    let i = skip line stop is_blank i in
    demand (is_at line stop i ';');
    let i = skip line stop is_blank (i + 1) in
    let name = token line stop i in
    let i = skip line stop is_blank name in
    if is_at line stop i '=' then begin
      let i = skip line stop is_blank (i + 1) in
      if is_at line stop i '"' then
        extensions line stop (quoted line stop (i + 1))
      else extensions line stop (token line stop i)
    end
    else extensions line stop name
  end

(* 15 digits fit into 63 bits, with zeros in front left out. *)
let size line =
  within line "the size of a chunk is malformed" (fun line stop ->
      let after = skip line stop Grammar.is_hex_digit 0 in
      let first = skip line after (Char.equal '0') 0 in
      demand (after > 0 && after <= 64 && after - first <= 15);
      extensions line stop after;
      if after = first then 0L
      else Int64.of_string ("0x" ^ String.sub line first (after - first)))

let check_trailer line =
  within line "a trailer is malformed" (fun line stop ->
      let colon = token line stop 0 in
      demand (is_at line stop colon ':');
      demand (skip line stop Grammar.is_field_char (colon + 1) = stop))
