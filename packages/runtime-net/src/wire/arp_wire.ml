(* SPDX-License-Identifier: ISC *)

type operation = Request | Reply

type t = {
  operation : operation;
  sender_mac : Macaddr.t;
  sender_ip : Ipaddr.V4.t;
  target_mac : Macaddr.t;
  target_ip : Ipaddr.V4.t;
}

let length = 28
let no_mac = String.make 6 '\000'
let hardware_ethernet = 1

let mac_at buf off = Macaddr.of_octets_exn (Cstruct.to_string ~off ~len:6 buf)
let ip_at buf off = Ipaddr.V4.of_int32 (Cstruct.BE.get_uint32 buf off)

let parse buf =
  if
    Cstruct.length buf < length
    || Cstruct.BE.get_uint16 buf 0 <> hardware_ethernet
    || Cstruct.BE.get_uint16 buf 2 <> Ethernet_wire.ethertype_ipv4
    || Cstruct.get_uint8 buf 4 <> 6
    || Cstruct.get_uint8 buf 5 <> 4
    || Cstruct.get_uint8 buf 8 land 1 = 1
    || Cstruct.to_string ~off:8 ~len:6 buf = no_mac
  then None
  else
    let message operation =
      Some
        {
          operation;
          sender_mac = mac_at buf 8;
          sender_ip = ip_at buf 14;
          target_mac = mac_at buf 18;
          target_ip = ip_at buf 24;
        }
    in
    match Cstruct.BE.get_uint16 buf 6 with
    | 1 -> message Request
    | 2 -> message Reply
    | _ -> None

let frame ~dst t =
  let frame = Cstruct.create (Ethernet_wire.length + length) in
  Ethernet_wire.write frame ~dst ~src:t.sender_mac Ethernet_wire.ethertype_arp;
  let buf = Cstruct.shift frame Ethernet_wire.length in
  Cstruct.BE.set_uint16 buf 0 hardware_ethernet;
  Cstruct.BE.set_uint16 buf 2 Ethernet_wire.ethertype_ipv4;
  Cstruct.set_uint8 buf 4 6;
  Cstruct.set_uint8 buf 5 4;
  Cstruct.BE.set_uint16 buf 6 (match t.operation with Request -> 1 | Reply -> 2);
  Cstruct.blit_from_string (Macaddr.to_octets t.sender_mac) 0 buf 8 6;
  Cstruct.BE.set_uint32 buf 14 (Ipaddr.V4.to_int32 t.sender_ip);
  Cstruct.blit_from_string (Macaddr.to_octets t.target_mac) 0 buf 18 6;
  Cstruct.BE.set_uint32 buf 24 (Ipaddr.V4.to_int32 t.target_ip);
  frame
