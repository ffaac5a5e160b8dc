(* SPDX-License-Identifier: ISC *)

type t = Ipaddr.V6.t

let octets = Ipaddr.V6.to_octets
let equal a b = Ipaddr.V6.compare a b = 0
let hash ip = Hashtbl.hash (octets ip)
let read buf off = Ipaddr.V6.of_octets_exn (Cstruct.to_string buf ~off ~len:16)
let write buf off ip = Cstruct.blit_from_string (octets ip) 0 buf off 16
let ip = Ipaddr.V6.of_string_exn
let unspecified = ip "::"
let loopback = ip "::1"
let all_nodes = ip "ff02::1"
let all_routers = ip "ff02::2"
let all_mld_routers = ip "ff02::16"
let link_local_prefix = ip "fe80::"
let is_unspecified = equal unspecified
let is_loopback = equal loopback
let octet ip i = Char.code (octets ip).[i]
let is_multicast ip = octet ip 0 = 0xff
let is_link_local ip = octet ip 0 = 0xfe && octet ip 1 land 0xc0 = 0x80

let common_bits a b =
  let a = octets a and b = octets b in
  let rec leading mask n = if mask land 0x80 <> 0 then n else leading (mask lsl 1) (n + 1) in
  let rec go i =
    if i = 16 then 128
    else
      let difference = Char.code a.[i] lxor Char.code b.[i] in
      if difference = 0 then go (i + 1) else (8 * i) + leading difference 0
  in
  go 0

let in_network ip ~prefix ~length = common_bits ip prefix >= length
let is_mapped t = in_network t ~prefix:(ip "::ffff:0:0") ~length:96

let is_host ip =
  not (is_unspecified ip || is_loopback ip || is_multicast ip || is_mapped ip)

let solicited_node t =
  Ipaddr.V6.of_octets_exn
    (String.sub (octets (ip "ff02::1:ff00:0")) 0 13 ^ String.sub (octets t) 13 3)

let multicast_mac group =
  Macaddr.of_octets_exn ("\x33\x33" ^ String.sub (octets group) 12 4)

let with_identifier prefix identifier =
  Ipaddr.V6.of_octets_exn (String.sub (octets prefix) 0 8 ^ identifier)

let link_scope = 2
let site_scope = 5
let global_scope = 14

let scope ip =
  if is_multicast ip then octet ip 1 land 0xf
  else if is_link_local ip || is_loopback ip then link_scope
  else if octet ip 0 = 0xfe && octet ip 1 land 0xc0 = 0xc0 then site_scope
  else global_scope
