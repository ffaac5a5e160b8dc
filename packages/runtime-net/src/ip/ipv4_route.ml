(* SPDX-License-Identifier: ISC *)

type next_hop =
  | Own
  | Link of Macaddr.t
  | Neighbour of Ipaddr.V4.t
  | Gateways of Ipaddr.V4.t list

let bits = Ipv4_address.to_int
let is_multicast ip = bits ip lsr 28 = 0xe

(* All host bits set, in a network that has such an address (RFC 3021). *)
let is_subnet_broadcast ~own ~netmask ip =
  let host_bits = lnot (bits netmask) land 0xffffffff in
  host_bits > 1
  && host_bits <> 0xffffffff
  && bits ip land host_bits = host_bits
  && (bits ip lxor bits own) land bits netmask = 0

let is_broadcast ~own ~netmask ip =
  bits ip = 0xffffffff || is_subnet_broadcast ~own ~netmask ip

(* RFC 1112, section 6.4. *)
let multicast_mac ip =
  let low = bits ip land 0x7fffff in
  Macaddr.of_octets_exn
    (Printf.sprintf "\x01\x00\x5e%c%c%c"
       (Char.chr (low lsr 16))
       (Char.chr ((low lsr 8) land 0xff))
       (Char.chr (low land 0xff)))

let next_hop ~own ~netmask ~gateways dst =
  if is_broadcast ~own ~netmask dst then Link Macaddr.broadcast
  else if is_multicast dst then Link (multicast_mac dst)
  else if Ipv4_address.equal dst own then Own
  else if (bits dst lxor bits own) land bits netmask = 0 then Neighbour dst
  else Gateways gateways

let accepts ~own ~netmask dst =
  Ipv4_address.equal dst own || is_broadcast ~own ~netmask dst

let is_sender ~own ~netmask ip =
  not
    (Ipv4_address.is_any ip || is_multicast ip || is_broadcast ~own ~netmask ip)
