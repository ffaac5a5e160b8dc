(* SPDX-License-Identifier: ISC *)

let u8 n = String.make 1 (Char.chr n)

let u16 n =
  let b = Bytes.create 2 in
  Bytes.set_uint16_be b 0 n;
  Bytes.unsafe_to_string b

let u24 n = u8 (n lsr 16) ^ u16 (n land 0xffff)

let u32 n =
  let b = Bytes.create 4 in
  Bytes.set_int32_be b 0 n;
  Bytes.unsafe_to_string b

let vector length parts =
  let body = String.concat "" parts in
  length (String.length body) ^ body

let vector8 = vector u8
let vector16 = vector u16
let vector24 = vector u24
