(* SPDX-License-Identifier: ISC *)

type next_hop =
  | Own
  | Link of Macaddr.t
  | Neighbour of Ipaddr.V4.t
  | Gateways of Ipaddr.V4.t list

(* Words of 32 bits, which not every int holds. *)
let bits = Ipaddr.V4.to_int32
let ( &&& ) = Int32.logand
let is_multicast ip = bits ip &&& 0xf0000000l = 0xe0000000l
let same_network ~netmask a b = Int32.logxor (bits a) (bits b) &&& bits netmask = 0l

(* All host bits set, in a network that has such an address (RFC 3021). *)
let is_subnet_broadcast ~own ~netmask ip =
  let host_bits = Int32.lognot (bits netmask) in
  host_bits <> 0l && host_bits <> 1l
  && host_bits <> -1l
  && bits ip &&& host_bits = host_bits
  && same_network ~netmask ip own

let is_broadcast ~own ~netmask ip =
  bits ip = -1l || is_subnet_broadcast ~own ~netmask ip

(* RFC 1112, section 6.4. *)
let multicast_mac ip =
  let low = Int32.to_int (bits ip &&& 0x7fffffl) in
  Macaddr.of_octets_exn
    (Printf.sprintf "\x01\x00\x5e%c%c%c"
       (Char.chr (low lsr 16))
       (Char.chr ((low lsr 8) land 0xff))
       (Char.chr (low land 0xff)))

let next_hop ~own ~netmask ~gateways dst =
  if is_broadcast ~own ~netmask dst then Link Macaddr.broadcast
  else if is_multicast dst then Link (multicast_mac dst)
  else if Ipv4_address.equal dst own then Own
  else if same_network ~netmask dst own then Neighbour dst
  else Gateways gateways

let accepts ~own ~netmask dst =
  Ipv4_address.equal dst own || is_broadcast ~own ~netmask dst

(* "This" network, the loopback, groups, and what is reserved (RFC 1122, section 3.2.1.3;
   RFC 1112, section 4): first octets 0, 127, and 224 to 255. *)
let is_sender ~own ~netmask ip =
  let first = Int32.to_int (Int32.shift_right_logical (bits ip) 24) in
  first > 0 && first <> 127 && first < 224 && not (is_broadcast ~own ~netmask ip)
