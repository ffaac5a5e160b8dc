(* SPDX-License-Identifier: ISC *)

type addressing = [ `DHCP | `IPv4 of Ipaddr.V4.t * Ipaddr.V4.t * Ipaddr.V4.t list ]

let chosen : (string, addressing) Hashtbl.t = Hashtbl.create 4
let choose mac addressing = Hashtbl.replace chosen (Macaddr.to_octets mac) addressing

let addressing mac ~default =
  Option.value ~default (Hashtbl.find_opt chosen (Macaddr.to_octets mac))
