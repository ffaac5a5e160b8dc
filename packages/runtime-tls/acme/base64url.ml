(* SPDX-License-Identifier: ISC *)

let alphabet =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

let encode octets =
  let octet i = if i < String.length octets then Char.code octets.[i] else 0 in
  let character i =
    let bit = i * 6 in
    let pair = (octet (bit / 8) lsl 8) lor octet ((bit / 8) + 1) in
    alphabet.[(pair lsr (10 - (bit mod 8))) land 63]
  in
  String.init (((String.length octets * 8) + 5) / 6) character
