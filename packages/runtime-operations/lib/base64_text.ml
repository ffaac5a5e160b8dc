(* SPDX-License-Identifier: ISC *)

let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

let encode octets =
  let length = String.length octets in
  let octet i = if i < length then Char.code octets.[i] else 0 in
  let digit i =
    let first = i / 4 * 3 in
    if first + (i mod 4) > length then '='
    else
      let group = (octet first lsl 16) lor (octet (first + 1) lsl 8) lor octet (first + 2) in
      alphabet.[(group lsr (18 - (6 * (i mod 4)))) land 0x3f]
  in
  String.init ((length + 2) / 3 * 4) digit
