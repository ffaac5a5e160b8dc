(* SPDX-License-Identifier: ISC *)

type t = { from : string; mutable at : int }

let of_string from = { from; at = 0 }
let left t = String.length t.from - t.at
let is_empty t = left t = 0
let position t = t.at

let take t n =
  if left t < n then
    Alert.fatal Decode_error "%d octets are missing" (n - left t);
  let at = t.at in
  t.at <- at + n;
  at

let u8 t = String.get_uint8 t.from (take t 1)
let u16 t = String.get_uint16_be t.from (take t 2)

let u24 t =
  let high = u8 t in
  (high lsl 16) lor u16 t

let u32 t = String.get_int32_be t.from (take t 4)

let octets t n =
  let at = take t n in
  String.sub t.from at n

let vector read ?(min = 0) ?(max = max_int) t =
  let length = read t in
  if length < min || length > max then
    Alert.fatal Decode_error "a vector of %d octets" length;
  octets t length

let vector8 ?min ?max t = vector u8 ?min ?max t
let vector16 ?min ?max t = vector u16 ?min ?max t
let vector24 ?min ?max t = vector u24 ?min ?max t

let whole string read =
  let t = of_string string in
  let value = read t in
  if not (is_empty t) then
    Alert.fatal Decode_error "%d octets too many" (left t);
  value

let all string read =
  let t = of_string string in
  let rec items found =
    if is_empty t then List.rev found else items (read t :: found)
  in
  items []
