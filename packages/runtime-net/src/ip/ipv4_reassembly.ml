(* SPDX-License-Identifier: ISC *)

type key = { src : int32; dst : int32; proto : int; id : int }
type t = key Reassembly.t

let create = Reassembly.create
let is_empty = Reassembly.is_empty
let tick_period = Reassembly.tick_period
let tick = Reassembly.tick
let max_payload = 65535 - Ipv4_wire.length

let insert t (f : Ipv4_wire.t) =
  let key =
    {
      src = Ipaddr.V4.to_int32 f.src;
      dst = Ipaddr.V4.to_int32 f.dst;
      proto = f.proto;
      id = f.id;
    }
  in
  if f.fragment_offset + Cstruct.length f.payload > max_payload then None
  else
    Option.map snd
      (Reassembly.insert t key ~offset:f.fragment_offset ~more:f.more_fragments ~begins:0
         f.payload)
