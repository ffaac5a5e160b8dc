(* SPDX-License-Identifier: ISC *)

type t =
  | Address of Ipaddr.V4.t
  | Address6 of Ipaddr.V6.t
  | Listen_tcp of int
  | Listen_udp of int

let to_string = function
  | Address ip -> "address " ^ Ipaddr.V4.to_string ip
  | Address6 ip -> "address " ^ Ipaddr.V6.to_string ip
  | Listen_tcp port -> Printf.sprintf "listen tcp %d" port
  | Listen_udp port -> Printf.sprintf "listen udp %d" port
