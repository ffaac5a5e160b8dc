(* SPDX-License-Identifier: ISC *)

type flags = int

let fin = 0x01
let syn = 0x02
let rst = 0x04
let psh = 0x08
let ack = 0x10
let bit mask = function Some true -> mask | Some false | None -> 0

let flags ?syn:s ?ack:a ?psh:p ?fin:f ?rst:r () =
  bit syn s lor bit ack a lor bit psh p lor bit fin f lor bit rst r

let has_fin flags = flags land fin <> 0
let has_syn flags = flags land syn <> 0
let has_rst flags = flags land rst <> 0
let has_psh flags = flags land psh <> 0
let has_ack flags = flags land ack <> 0
let clear_last flags = flags land lnot (fin lor psh)
let clear_syn flags = flags land lnot syn

type t = {
  src_port : int;
  dst_port : int;
  seq : int;
  ack : int;
  flags : flags;
  window : int;
  options : Tcp_options.t;
  payload : Cstruct.t list;
  length : int;
}

let header_length = 20

let sequence_length t =
  t.length + (if has_syn t.flags then 1 else 0) + if has_fin t.flags then 1 else 0

let pseudo_header ~addresses length =
  Inet_checksum.pseudo_header ~addresses ~proto:Ipv4_wire.proto_tcp length

let parse ~addresses buf =
  let total = Cstruct.length buf in
  if total < header_length then None
  else
    let header = (Cstruct.get_uint8 buf 12 lsr 4) * 4 in
    if
      header < header_length || header > total
      || not
           (Net_offload.is_verified buf
           || Inet_checksum.finish
                (Inet_checksum.add (pseudo_header ~addresses total) buf)
              = 0)
    then None
    else
      let payload = Cstruct.shift buf header in
      Some
        {
          src_port = Cstruct.BE.get_uint16 buf 0;
          dst_port = Cstruct.BE.get_uint16 buf 2;
          seq = Tcp_seq.get buf 4;
          ack = Tcp_seq.get buf 8;
          flags = Cstruct.get_uint8 buf 13;
          window = Cstruct.BE.get_uint16 buf 14;
          options =
            Tcp_options.parse
              (Cstruct.sub buf header_length (header - header_length));
          payload = (if header = total then [] else [ payload ]);
          length = total - header;
        }

let written_length t = header_length + Tcp_options.length t.options

let write ?(whole_checksum = true) buf ~addresses t =
  let header = written_length t in
  Cstruct.BE.set_uint16 buf 0 t.src_port;
  Cstruct.BE.set_uint16 buf 2 t.dst_port;
  Tcp_seq.set buf 4 t.seq;
  Tcp_seq.set buf 8 t.ack;
  Cstruct.set_uint8 buf 12 ((header / 4) lsl 4);
  Cstruct.set_uint8 buf 13 t.flags;
  Cstruct.BE.set_uint16 buf 14 t.window;
  Cstruct.BE.set_uint32 buf 16 0l;
  Tcp_options.write (Cstruct.shift buf header_length) t.options;
  let sum = pseudo_header ~addresses (header + t.length) in
  Cstruct.BE.set_uint16 buf 16
    (if whole_checksum then
     let sum = Inet_checksum.add sum (Cstruct.sub buf 0 header) in
     Inet_checksum.finish (Inet_checksum.add_list sum t.payload)
    else sum)

let reset_for t =
  if has_rst t.flags then None
  else
    let reset =
      {
        src_port = t.dst_port;
        dst_port = t.src_port;
        seq = 0;
        ack = 0;
        flags = rst;
        window = 0;
        options = Tcp_options.none;
        payload = [];
        length = 0;
      }
    in
    if has_ack t.flags then Some { reset with seq = t.ack }
    else
      Some
        {
          reset with
          ack = Tcp_seq.add t.seq (sequence_length t);
          flags = rst lor ack;
        }

let rec split t ~size =
  if t.length <= size then [ t ]
  else
    let payload, rest = Parts.cut size t.payload in
    { t with payload; length = size; flags = clear_last t.flags }
    :: split
         {
           t with
           seq = Tcp_seq.add t.seq size;
           payload = rest;
           length = t.length - size;
         }
         ~size
