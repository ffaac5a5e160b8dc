(* SPDX-License-Identifier: ISC *)

type t = Ipaddr.V4.t

let to_int ip = Int32.to_int (Ipaddr.V4.to_int32 ip) land 0xffffffff
let equal a b = Int32.equal (Ipaddr.V4.to_int32 a) (Ipaddr.V4.to_int32 b)
let hash = to_int
let is_any ip = to_int ip = 0
