(* SPDX-License-Identifier: ISC *)

external af_inet : unit -> int = "mirage_unix_af_inet"
external af_inet6 : unit -> int = "mirage_unix_af_inet6"

type t = {
  mac : string;
  peer : string;  (** the other host's *)
  prefix : Cstruct.t;  (** what the device has before a packet *)
  has_family : bool;
}

type sent = Packet of Cstruct.t list | Answer of Cstruct.t | Nothing

let ethernet_length = 14
let lead t = ethernet_length - Cstruct.length t.prefix
let ipv4 = 0x0800
let arp = 0x0806
let ipv6 = 0x86dd

let create kind mac =
  let last = Char.code mac.[5] lxor 1 in
  {
    mac;
    peer = String.sub mac 0 5 ^ String.make 1 (Char.chr last);
    prefix = Cstruct.create (if kind = Tap.Ip_family then 4 else 0);
    has_family = kind = Tap.Ip_family;
  }

(* {2 From the device} *)

let set_ethernet frame ~destination ~source ethertype =
  Cstruct.blit_from_string destination 0 frame 0 6;
  Cstruct.blit_from_string source 0 frame 6 6;
  Cstruct.BE.set_uint16 frame 12 ethertype

(* RFC 1112, section 6.4, and RFC 2464, section 7. *)
let destination_of t packet = function
  | 4 when Cstruct.length packet >= 20 -> (
      match Cstruct.get_uint8 packet 16 with
      | 255 -> "\xff\xff\xff\xff\xff\xff"
      | first when first land 0xf0 = 0xe0 ->
          let second = Char.chr (Cstruct.get_uint8 packet 17 land 0x7f) in
          Printf.sprintf "\x01\x00\x5e%c%s" second (Cstruct.to_string packet ~off:18 ~len:2)
      | _ -> t.mac)
  | 6 when Cstruct.length packet >= 40 && Cstruct.get_uint8 packet 24 = 0xff ->
      "\x33\x33" ^ Cstruct.to_string packet ~off:36 ~len:4
  | _ -> t.mac

let frame t octets =
  if Cstruct.length octets <= ethernet_length then None
  else
    let packet = Cstruct.shift octets ethernet_length in
    let version = Cstruct.get_uint8 packet 0 lsr 4 in
    let ethertype = match version with 4 -> Some ipv4 | 6 -> Some ipv6 | _ -> None in
    Option.map
      (fun ethertype ->
        let destination = destination_of t packet version in
        set_ethernet octets ~destination ~source:t.peer ethertype;
        octets)
      ethertype

(* {2 To the device} *)

let reply t ~to_ ethertype payload =
  let frame = Cstruct.create (ethernet_length + payload) in
  set_ethernet frame ~destination:to_ ~source:t.peer ethertype;
  (frame, Cstruct.shift frame ethernet_length)

let is_zero octets = String.for_all (fun c -> c = '\000') octets

(* An announcement asks for the sender's own address, and a probe comes from none:
   RFC 5227. Nobody answers either. *)
let arp_answer t question =
  let text off len = Cstruct.to_string question ~off ~len in
  if Cstruct.length question < 28 || Cstruct.BE.get_uint16 question 6 <> 1 then Nothing
  else
    let asker = text 8 6 and from = text 14 4 and asked = text 24 4 in
    if is_zero from || from = asked then Nothing
    else begin
      let frame, answer = reply t ~to_:asker arp 28 in
      Cstruct.blit question 0 answer 0 6;
      Cstruct.BE.set_uint16 answer 6 2;
      Cstruct.blit_from_string (t.peer ^ asked ^ asker ^ from) 0 answer 8 20;
      Answer frame
    end

(* RFC 1071. *)
let checksum parts =
  let sum_of part =
    let rec from i sum =
      if i >= Cstruct.length part then sum
      else from (i + 2) (sum + Cstruct.BE.get_uint16 part i)
    in
    from 0 0
  in
  let sum = List.fold_left (fun sum part -> sum + sum_of part) 0 parts in
  let folded = (sum land 0xffff) + (sum lsr 16) in
  lnot (folded + (folded lsr 16)) land 0xffff

let icmpv6 = 58
let solicitation = 135
let advertisement = 136

let is_solicitation packet =
  Cstruct.length packet >= 64
  && Cstruct.get_uint8 packet 6 = icmpv6
  && Cstruct.get_uint8 packet 40 = solicitation

(* One that comes from no address asks whether somebody has the sender's: RFC 4862. *)
let neighbour_answer t question =
  let text off len = Cstruct.to_string question ~off ~len in
  let from = text 8 16 and asked = text 48 16 in
  if is_zero from || from = asked then Nothing
  else begin
    let frame, answer = reply t ~to_:t.mac ipv6 72 in
    Cstruct.set_uint8 answer 0 0x60;
    Cstruct.BE.set_uint16 answer 4 32;
    Cstruct.set_uint8 answer 6 icmpv6;
    Cstruct.set_uint8 answer 7 255;
    Cstruct.blit_from_string (asked ^ from) 0 answer 8 32;
    let message = Cstruct.shift answer 40 in
    Cstruct.set_uint8 message 0 advertisement;
    Cstruct.set_uint8 message 4 0x60 (* solicited, override *);
    Cstruct.blit_from_string (asked ^ "\002\001" ^ t.peer) 0 message 8 24;
    let pseudo_header = Cstruct.of_string "\000\000\000\032\000\000\000\058" in
    Cstruct.BE.set_uint16 message 2
      (checksum [ Cstruct.sub answer 8 32; pseudo_header; message ]);
    Answer frame
  end

let packet t ethertype parts =
  let packet = Cstruct.shiftv parts ethernet_length in
  if t.has_family then begin
    let family = if ethertype = ipv4 then af_inet () else af_inet6 () in
    Cstruct.BE.set_uint32 t.prefix 0 (Int32.of_int family);
    Packet (t.prefix :: packet)
  end
  else Packet packet

let send t parts =
  let parts =
    match parts with
    | first :: _ when Cstruct.length first >= ethernet_length -> parts
    | _ -> [ Cstruct.concat parts ]
  in
  match parts with
  | first :: _ when Cstruct.length first >= ethernet_length ->
      let ethertype = Cstruct.BE.get_uint16 first 12 in
      let payload () = Cstruct.shift (Cstruct.concat parts) ethernet_length in
      if ethertype = arp then arp_answer t (payload ())
      else if ethertype = ipv4 then packet t ethertype parts
      else if ethertype = ipv6 then
        (* Only a short packet can be a question. *)
        if Cstruct.lenv parts < 200 && is_solicitation (payload ()) then
          neighbour_answer t (payload ())
        else packet t ethertype parts
      else Nothing
  | _ -> Nothing
