(* SPDX-License-Identifier: ISC *)

type opcode = Continuation | Text | Binary | Close | Ping | Pong
type start = { final : bool; opcode : opcode; length : int }

let max_control = 125

let opcode_of = function
  | 0 -> Some Continuation
  | 1 -> Some Text
  | 2 -> Some Binary
  | 8 -> Some Close
  | 9 -> Some Ping
  | 10 -> Some Pong
  | _ -> None

let number = function
  | Continuation -> 0
  | Text -> 1
  | Binary -> 2
  | Close -> 8
  | Ping -> 9
  | Pong -> 10

let is_control = function
  | Close | Ping | Pong -> true
  | Continuation | Text | Binary -> false

let start a b =
  let a = Char.code a and b = Char.code b in
  let final = a land 0x80 <> 0 and length = b land 0x7f in
  match opcode_of (a land 0x0f) with
  | _ when a land 0x70 <> 0 -> Error "a reserved bit is set"
  | None -> Error "the opcode is unknown"
  | _ when b land 0x80 = 0 -> Error "the frame is not masked"
  | Some opcode when is_control opcode && not final ->
      Error "a control frame is a fragment"
  | Some opcode when is_control opcode && length > max_control ->
      Error "a control frame is too long"
  | Some opcode -> Ok { final; opcode; length }

let long_length octets =
  if String.length octets = 2 then
    match String.get_uint16_be octets 0 with
    | n when n <= max_control -> Error "the length takes more octets than needed"
    | n -> Ok n
  else
    match String.get_int64_be octets 0 with
    | n when Int64.compare n 0L < 0 -> Error "the length is too large"
    | n when Int64.compare n 65_536L < 0 ->
        Error "the length takes more octets than needed"
    | n when Int64.compare n (Int64.of_int max_int) > 0 -> Ok max_int
    | n -> Ok (Int64.to_int n)

let unmask ~key octets =
  for i = 0 to Bytes.length octets - 1 do
    let masked = Char.code (Bytes.unsafe_get octets i) in
    let octet = masked lxor Char.code (String.unsafe_get key (i land 3)) in
    Bytes.unsafe_set octets i (Char.unsafe_chr octet)
  done

let head opcode length =
  let first = Char.chr (0x80 lor number opcode) in
  let head size =
    let head = Bytes.create size in
    Bytes.set head 0 first;
    head
  in
  let head =
    if length <= max_control then begin
      let head = head 2 in
      Bytes.set_uint8 head 1 length;
      head
    end
    else if length < 65_536 then begin
      let head = head 4 in
      Bytes.set_uint8 head 1 126;
      Bytes.set_uint16_be head 2 length;
      head
    end
    else begin
      let head = head 10 in
      Bytes.set_uint8 head 1 127;
      Bytes.set_int64_be head 2 (Int64.of_int length);
      head
    end
  in
  Bytes.unsafe_to_string head

(* Not within a character. *)
let rec cut reason max =
  if String.length reason <= max then reason
  else if Utf8.is_valid (String.sub reason 0 max) then String.sub reason 0 max
  else cut reason (max - 1)

let close_payload code reason =
  let reason = cut reason (max_control - 2) in
  let payload = Bytes.create 2 in
  Bytes.set_uint16_be payload 0 code;
  Bytes.unsafe_to_string payload ^ reason

(* RFC 6455, section 7.4, and the codes registered since. *)
let may_be_sent code =
  (code >= 1000 && code <= 1003)
  || (code >= 1007 && code <= 1014)
  || (code >= 3000 && code <= 4999)

let parse_close payload =
  match String.length payload with
  | 0 -> Ok None
  | 1 -> Error 1002
  | length -> (
      let code = String.get_uint16_be payload 0 in
      let reason = String.sub payload 2 (length - 2) in
      match () with
      | () when not (may_be_sent code) -> Error 1002
      | () when not (Utf8.is_valid reason) -> Error 1007
      | () -> Ok (Some (code, reason)))
