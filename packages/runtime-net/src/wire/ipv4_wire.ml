(* SPDX-License-Identifier: ISC *)

let length = 20
let proto_icmp = 1
let proto_tcp = 6
let proto_udp = 17

type t = {
  src : Ipaddr.V4.t;
  dst : Ipaddr.V4.t;
  proto : int;
  id : int;
  more_fragments : bool;
  fragment_offset : int;
  payload : Cstruct.t;
}

let flag_dont_fragment = 0x4000
let flag_more_fragments = 0x2000
let default_ttl = 64

let address_at buf off = Ipaddr.V4.of_int32 (Cstruct.BE.get_uint32 buf off)
let get_dst buf = address_at buf 16
let get_dont_fragment buf = Cstruct.BE.get_uint16 buf 6 land flag_dont_fragment <> 0

let read buf ~header ~payload =
  let fragment = Cstruct.BE.get_uint16 buf 6 in
  {
    src = address_at buf 12;
    dst = address_at buf 16;
    proto = Cstruct.get_uint8 buf 9;
    id = Cstruct.BE.get_uint16 buf 4;
    more_fragments = fragment land flag_more_fragments <> 0;
    fragment_offset = (fragment land 0x1fff) * 8;
    payload = Cstruct.sub buf header payload;
  }

let header_length buf =
  if Cstruct.length buf < length then None
  else
    let version_ihl = Cstruct.get_uint8 buf 0 in
    let header = (version_ihl land 0xf) * 4 in
    if version_ihl lsr 4 = 4 && header >= length && header <= Cstruct.length buf
    then Some header
    else None

(* Source routes serve only to get past filters (RFC 7126, sections 4.3 and 4.4). *)
let option_loose_route = 131
let option_strict_route = 137

(* Whether the options may stand in the header: each has a length, and none is a source
   route. *)
let rec options_are_fine buf off ~limit =
  if off >= limit then true
  else
    let kind = Cstruct.get_uint8 buf off in
    if kind = 0 then true
    else if kind = 1 then options_are_fine buf (off + 1) ~limit
    else if kind = option_loose_route || kind = option_strict_route || off + 1 >= limit
    then false
    else
      let octets = Cstruct.get_uint8 buf (off + 1) in
      octets >= 2 && off + octets <= limit && options_are_fine buf (off + octets) ~limit

let parse buf =
  match header_length buf with
  | None -> None
  | Some header ->
    let total = Cstruct.BE.get_uint16 buf 2 in
    if
      total < header
      || total > Cstruct.length buf
      || Inet_checksum.(finish (add 0 (Cstruct.sub buf 0 header))) <> 0
      || not (options_are_fine buf length ~limit:header)
    then None
    else Some (read buf ~header ~payload:(total - header))

let parse_quoted buf =
  match header_length buf with
  | None -> None
  | Some header -> Some (read buf ~header ~payload:(Cstruct.length buf - header))

let write buf ~src ~dst ~proto ~dont_fragment =
  Cstruct.BE.set_uint16 buf 0 0x4500;
  Cstruct.BE.set_uint16 buf 6 (if dont_fragment then flag_dont_fragment else 0);
  Cstruct.set_uint8 buf 8 default_ttl;
  Cstruct.set_uint8 buf 9 proto;
  Cstruct.BE.set_uint32 buf 12 (Ipaddr.V4.to_int32 src);
  Cstruct.BE.set_uint32 buf 16 (Ipaddr.V4.to_int32 dst)

let complete buf ~id ~total_length =
  Cstruct.BE.set_uint16 buf 2 total_length;
  Cstruct.BE.set_uint16 buf 4 id;
  Cstruct.BE.set_uint16 buf 10 0;
  let sum = Inet_checksum.add 0 (Cstruct.sub buf 0 length) in
  Cstruct.BE.set_uint16 buf 10 (Inet_checksum.finish sum)

let set_fragment buf ~offset ~more =
  Cstruct.BE.set_uint16 buf 6
    ((if more then flag_more_fragments else 0) lor (offset / 8))
