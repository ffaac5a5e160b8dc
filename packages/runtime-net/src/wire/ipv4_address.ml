(* SPDX-License-Identifier: ISC *)

type t = Ipaddr.V4.t

let equal a b = Int32.equal (Ipaddr.V4.to_int32 a) (Ipaddr.V4.to_int32 b)
let hash ip = Int32.to_int (Ipaddr.V4.to_int32 ip)
let is_any ip = Ipaddr.V4.to_int32 ip = 0l
