(* SPDX-License-Identifier: ISC *)

type t = { next : int; stop : int }

let none = { next = 0; stop = 0 }
let address_space = 0x87
let octets = 26
let memory = 0
let get16 text at = String.get_uint16_le text at
let get32 text at = Int32.to_int (String.get_int32_le text at) land 0xffff_ffff

let descriptor_at aml at =
  let first = get32 aml (at + 10) and last = get32 aml (at + 14) in
  let length = get32 aml (at + 22) in
  let is_one =
    Char.code aml.[at] = address_space
    && get16 aml (at + 1) = octets - 3
    && Char.code aml.[at + 3] = memory
    && first > 0xf_ffff
    && last - first + 1 = length
  in
  if is_one then Some { next = first; stop = last + 1 } else None

let of_bytecode aml =
  let rec from at =
    if at + octets > String.length aml then none
    else match descriptor_at aml at with Some window -> window | None -> from (at + 1)
  in
  from 0

let page = 4096

let take { next; stop } size =
  let unit = max size page in
  let address = (next + unit - 1) / unit * unit in
  if size <= 0 || address + unit > stop then None
  else Some (address, { next = address + unit; stop })
