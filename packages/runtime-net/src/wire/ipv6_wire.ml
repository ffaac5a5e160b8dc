(* SPDX-License-Identifier: ISC *)

let length = 40
let fragment_length = 8
let proto_hop_by_hop = 0
let proto_routing = 43
let proto_fragment = 44
let proto_icmp = 58
let proto_none = 59
let proto_options = 60
let min_mtu = 1280
let max_extensions = 8
let max_extension_octets = 2048
let max_options = 32

type content =
  | Whole of { proto : int; pointer : int; payload : Cstruct.t }
  | Fragment of { proto : int; id : int32; offset : int; more : bool; payload : Cstruct.t }

type t = { src : Ipaddr.V6.t; dst : Ipaddr.V6.t; hop_limit : int; content : content }
type fault = Silent | Problem of { code : int; pointer : int; of_group : bool }

let erroneous pointer = Error (Problem { code = 0; pointer; of_group = false })
let unrecognised_header pointer = Error (Problem { code = 1; pointer; of_group = false })

(* Options from [off] to [limit]; the highest bits of a type say what to do with an unknown
   one (RFC 8200, section 4.2). All but padding are unknown, and a router alert (RFC 2711)
   may be skipped. *)
let rec options buf off ~limit ~count =
  if off = limit then Ok ()
  else if count > max_options then Error Silent
  else
    let kind = Cstruct.get_uint8 buf off in
    if kind = 0 then options buf (off + 1) ~limit ~count
    else if off + 2 > limit then Error Silent
    else
      let next = off + 2 + Cstruct.get_uint8 buf (off + 1) in
      if next > limit then Error Silent
      else
        let problem of_group = Error (Problem { code = 2; pointer = off; of_group }) in
        match kind lsr 6 with
        | 0 -> options buf next ~limit ~count:(count + 1)
        | 1 -> Error Silent
        | 2 -> problem true
        | _ -> problem false

let ( let* ) = Result.bind

(* Of a header with a length in units of 8 octets, less the first. *)
let extension_length buf off =
  if off + 8 > Cstruct.length buf then Error Silent
  else
    let octets = 8 * (1 + Cstruct.get_uint8 buf (off + 1)) in
    if off + octets > Cstruct.length buf then Error Silent else Ok octets

(* [proto] stands at [pointer], and its header begins at [off]. *)
let rec walk buf ~proto ~pointer ~off ~seen ~start =
  let extension = proto = proto_routing || proto = proto_options || proto = proto_hop_by_hop in
  if extension && (seen = max_extensions || off - start > max_extension_octets) then
    Error Silent
  else if proto = proto_hop_by_hop && seen > 0 then unrecognised_header pointer
  else if extension then
    let* octets = extension_length buf off in
    let* () =
      if proto <> proto_routing then
        options buf (off + 2) ~limit:(off + octets) ~count:0
      else if Cstruct.get_uint8 buf (off + 3) > 0 then erroneous (off + 2)
      else Ok ()
    in
    walk buf ~proto:(Cstruct.get_uint8 buf off) ~pointer:off ~off:(off + octets)
      ~seen:(seen + 1) ~start
  else if proto = proto_fragment then
    if seen = max_extensions || off + fragment_length > Cstruct.length buf then Error Silent
    else
      let word = Cstruct.BE.get_uint16 buf (off + 2) in
      let offset = word land lnot 7 and more = word land 1 = 1 in
      let next = Cstruct.get_uint8 buf off in
      if offset = 0 && not more then
        walk buf ~proto:next ~pointer:off ~off:(off + fragment_length) ~seen:(seen + 1)
          ~start
      else
        Ok
          (Fragment
             {
               proto = next;
               id = Cstruct.BE.get_uint32 buf (off + 4);
               offset;
               more;
               payload = Cstruct.shift buf (off + fragment_length);
             })
  else Ok (Whole { proto; pointer; payload = Cstruct.shift buf off })

let get_src buf = Ipv6_address.read buf 8
let get_dst buf = Ipv6_address.read buf 24
let get_proto buf = Cstruct.get_uint8 buf 6
let set_proto buf proto = Cstruct.set_uint8 buf 6 proto
let is_version_6 buf = Cstruct.length buf >= length && Cstruct.get_uint8 buf 0 lsr 4 = 6

let parse buf =
  if not (is_version_6 buf) then Error Silent
  else
    let total = length + Cstruct.BE.get_uint16 buf 4 in
    if total > Cstruct.length buf then Error Silent
    else
      let* content =
        walk (Cstruct.sub buf 0 total) ~proto:(get_proto buf) ~pointer:6 ~off:length ~seen:0
          ~start:length
      in
      Ok { src = get_src buf; dst = get_dst buf; hop_limit = Cstruct.get_uint8 buf 7; content }

(* A pointer into what was fragmented would mean nothing to the source: it gets none. *)
let parse_part ~proto part =
  match walk part ~proto ~pointer:0 ~off:0 ~seen:1 ~start:0 with
  | Ok (Fragment _) | Error _ -> Error Silent
  | Ok (Whole _) as whole -> whole

let parse_quoted buf =
  if not (is_version_6 buf) then None
  else
    match
      walk buf ~proto:(get_proto buf) ~pointer:6 ~off:length ~seen:0 ~start:length
    with
    | Ok (Whole { proto; payload; _ }) -> Some (get_src buf, get_dst buf, proto, payload)
    | Ok (Fragment { proto; offset = 0; payload; _ }) ->
      Some (get_src buf, get_dst buf, proto, payload)
    | Ok (Fragment _) | Error _ -> None

let write buf ~src ~dst ~proto ~hop_limit =
  Cstruct.BE.set_uint16 buf 0 0x6000;
  Cstruct.BE.set_uint16 buf 2 0;
  Cstruct.BE.set_uint16 buf 4 0;
  set_proto buf proto;
  Cstruct.set_uint8 buf 7 hop_limit;
  Ipv6_address.write buf 8 src;
  Ipv6_address.write buf 24 dst

let complete buf ~payload_length = Cstruct.BE.set_uint16 buf 4 payload_length

let write_fragment buf ~proto ~id ~offset ~more =
  Cstruct.set_uint8 buf 0 proto;
  Cstruct.set_uint8 buf 1 0;
  Cstruct.BE.set_uint16 buf 2 (offset lor if more then 1 else 0);
  Cstruct.BE.set_uint32 buf 4 id
