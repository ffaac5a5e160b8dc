(* SPDX-License-Identifier: ISC *)

let length = 8

type t = { src_port : int; dst_port : int; payload : Cstruct.t }

let checksum ~addresses parts len =
  let sum = Inet_checksum.pseudo_header ~addresses ~proto:Ipv4_wire.proto_udp len in
  Inet_checksum.finish (Inet_checksum.add_list sum parts)

let parse ?(needs_checksum = false) ~addresses buf =
  if Cstruct.length buf < length then None
  else
    let len = Cstruct.BE.get_uint16 buf 4 in
    if len < length || len > Cstruct.length buf then None
    else
      let datagram = Cstruct.sub buf 0 len in
      if
        (not (Net_offload.is_verified datagram))
        &&
        if Cstruct.BE.get_uint16 buf 6 = 0 then needs_checksum
        else checksum ~addresses [ datagram ] len <> 0
      then None
      else
        Some
          {
            src_port = Cstruct.BE.get_uint16 buf 0;
            dst_port = Cstruct.BE.get_uint16 buf 2;
            payload = Cstruct.shift datagram length;
          }

let write buf ~addresses ~src_port ~dst_port payload =
  let len = length + Cstruct.length payload in
  Cstruct.BE.set_uint16 buf 0 src_port;
  Cstruct.BE.set_uint16 buf 2 dst_port;
  Cstruct.BE.set_uint16 buf 4 len;
  Cstruct.BE.set_uint16 buf 6 0;
  let header = Cstruct.sub buf 0 length in
  let sum = checksum ~addresses [ header; payload ] len in
  (* 0 would say that there is none. *)
  Cstruct.BE.set_uint16 buf 6 (if sum = 0 then 0xffff else sum)
