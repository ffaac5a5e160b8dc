(* SPDX-License-Identifier: ISC *)

let length = 14
let ethertype_ipv4 = 0x0800
let ethertype_arp = 0x0806
let ethertype_ipv6 = 0x86dd

let write frame ~dst ~src ethertype =
  Cstruct.blit_from_string (Macaddr.to_octets dst) 0 frame 0 6;
  Cstruct.blit_from_string (Macaddr.to_octets src) 0 frame 6 6;
  Cstruct.BE.set_uint16 frame 12 ethertype

let get_ethertype frame = Cstruct.BE.get_uint16 frame 12

let is_to_many frame = Cstruct.get_uint8 frame 0 land 1 = 1

let is_from_one frame =
  Cstruct.get_uint8 frame 6 land 1 = 0
  && not (Cstruct.BE.get_uint32 frame 6 = 0l && Cstruct.BE.get_uint16 frame 10 = 0)

let is_for mac frame =
  let octets = Macaddr.to_octets mac in
  let rec same i =
    i = 6 || (Cstruct.get_char frame i = octets.[i] && same (i + 1))
  in
  is_to_many frame || same 0
