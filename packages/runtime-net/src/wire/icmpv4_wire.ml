(* SPDX-License-Identifier: ISC *)

type unreachable =
  | Net
  | Host
  | Protocol
  | Port
  | Fragmentation_needed of int
  | Other of int

type t =
  | Echo_request of { id : int; sequence : int; data : Cstruct.t }
  | Echo_reply of { id : int; sequence : int; data : Cstruct.t }
  | Unreachable of unreachable * Cstruct.t
  | Unhandled of int

let header_length = 8
let type_echo_reply = 0
let type_unreachable = 3
let type_echo_request = 8
let code_protocol = 2
let code_port = 3

let unreachable_of buf =
  match Cstruct.get_uint8 buf 1 with
  | 0 -> Net
  | 1 -> Host
  | 2 -> Protocol
  | 3 -> Port
  | 4 -> Fragmentation_needed (Cstruct.BE.get_uint16 buf 6)
  | code -> Other code

let parse buf =
  if
    Cstruct.length buf < header_length
    || Inet_checksum.(finish (add 0 buf)) <> 0
  then None
  else
    let data = Cstruct.shift buf header_length in
    let id = Cstruct.BE.get_uint16 buf 4 in
    let sequence = Cstruct.BE.get_uint16 buf 6 in
    let kind = Cstruct.get_uint8 buf 0 in
    Some
      (if kind = type_echo_request then Echo_request { id; sequence; data }
       else if kind = type_echo_reply then Echo_reply { id; sequence; data }
       else if kind = type_unreachable then Unreachable (unreachable_of buf, data)
       else Unhandled kind)

let write buf ~kind ~code ~word1 ~word2 data =
  Cstruct.set_uint8 buf 0 kind;
  Cstruct.set_uint8 buf 1 code;
  Cstruct.BE.set_uint16 buf 2 0;
  Cstruct.BE.set_uint16 buf 4 word1;
  Cstruct.BE.set_uint16 buf 6 word2;
  let header = Cstruct.sub buf 0 header_length in
  let sum = Inet_checksum.add (Inet_checksum.add 0 header) data in
  Cstruct.BE.set_uint16 buf 2 (Inet_checksum.finish sum)

let write_echo_reply buf ~id ~sequence data =
  write buf ~kind:type_echo_reply ~code:0 ~word1:id ~word2:sequence data

let write_unreachable buf what quoted =
  let code = match what with `Port -> code_port | `Protocol -> code_protocol in
  write buf ~kind:type_unreachable ~code ~word1:0 ~word2:0 quoted
