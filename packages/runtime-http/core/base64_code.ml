(* SPDX-License-Identifier: ISC *)

let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

let encode s =
  let length = String.length s in
  let octet i = if i < length then Char.code s.[i] else 0 in
  String.init ((length + 2) / 3 * 4) (fun i ->
      let at = i / 4 * 3 in
      let bits = (octet at lsl 16) lor (octet (at + 1) lsl 8) lor octet (at + 2) in
      if at + (i mod 4) > length then '='
      else digits.[(bits lsr (6 * (3 - (i mod 4)))) land 63])

let decoded_length s =
  let length = String.length s in
  let padding =
    if String.ends_with ~suffix:"==" s then 2
    else if String.ends_with ~suffix:"=" s then 1
    else 0
  in
  if
    length mod 4 = 0
    && String.for_all (String.contains digits) (String.sub s 0 (length - padding))
  then Some ((length / 4 * 3) - padding)
  else None
