(* SPDX-License-Identifier: ISC *)

let rec sum frame offset last acc =
  if offset > last then acc
  else if offset = last then acc + (Cstruct.get_uint8 frame offset lsl 8)
  else sum frame (offset + 2) last (acc + Cstruct.BE.get_uint16 frame offset)

let rec fold n = if n > 0xffff then fold ((n land 0xffff) + (n lsr 16)) else n
let ethernet = 14
let ethertype_ipv4 = 0x0800
let tcp = 6
let udp = 17

(* The pseudo header: addresses, protocol, length (RFC 793, section 3.1; RFC 768). *)
let fill_transport frame ip protocol =
  let start = ip + ((Cstruct.get_uint8 frame ip land 15) * 4) in
  let stop = ip + Cstruct.BE.get_uint16 frame (ip + 2) in
  let field = start + if protocol = tcp then 16 else 6 in
  if field + 2 <= stop && stop <= Cstruct.length frame then begin
    Cstruct.BE.set_uint16 frame field 0;
    let pseudo = sum frame (ip + 12) (ip + 19) (protocol + stop - start) in
    let checksum = lnot (fold (sum frame start (stop - 1) pseudo)) land 0xffff in
    Cstruct.BE.set_uint16 frame field
      (if checksum = 0 && protocol = udp then 0xffff else checksum)
  end

let fill frame =
  if
    Cstruct.length frame >= ethernet + 20
    && Cstruct.BE.get_uint16 frame 12 = ethertype_ipv4
  then
    let protocol = Cstruct.get_uint8 frame (ethernet + 9) in
    if protocol = tcp || protocol = udp then fill_transport frame ethernet protocol
