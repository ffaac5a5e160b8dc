(* SPDX-License-Identifier: ISC *)

type features = { checksum : bool; largest : int }

let none = { checksum = false; largest = 0 }

type interface = {
  mutable features : features;
  mutable ipv6 : bool;
  mutable accepted : bool;
}

let interfaces : (string, interface) Hashtbl.t = Hashtbl.create 4

let interface octets =
  match Hashtbl.find_opt interfaces octets with
  | Some interface -> interface
  | None ->
      let interface = { features = none; ipv6 = false; accepted = false } in
      Hashtbl.add interfaces octets interface;
      interface

let offer mac features = (interface (Macaddr.to_octets mac)).features <- features
let offer_ipv6 mac = (interface (Macaddr.to_octets mac)).ipv6 <- true
let accept mac = (interface (Macaddr.to_octets mac)).accepted <- true
let is_accepted mac = (interface (Macaddr.to_octets mac)).accepted

let is_ipv6 frame = Cstruct.BE.get_uint16 frame 12 = 0x86dd

(* Destination and source come first (IEEE 802.3). *)
let features_of frame =
  if Cstruct.length frame < 14 then none
  else
    match Hashtbl.find_opt interfaces (Cstruct.to_string frame ~off:6 ~len:6) with
    | Some { features; ipv6; accepted = true } ->
        if ipv6 || not (is_ipv6 frame) then features else none
    | Some _ | None -> none

(* The one frame that is on its way down, and the one on its way up: both ways are
   plain calls. *)
type passing = { mutable frame : Cstruct.t; mutable size : int }

let sending = { frame = Cstruct.empty; size = 0 }
let receiving = { frame = Cstruct.empty; size = 0 }

let during passing frame size f =
  passing.frame <- frame;
  passing.size <- size;
  match f () with
  | result ->
      passing.frame <- Cstruct.empty;
      result
  | exception e ->
      passing.frame <- Cstruct.empty;
      raise e

let send frame ~segment_size f = during sending frame segment_size f

let segment_size (parts : Cstruct.t list) =
  match parts with
  | first :: _
    when first.buffer == sending.frame.buffer && first.off = sending.frame.off ->
      sending.size
  | _ -> 0

(* RFC 791, section 3.1; RFC 8200, section 3; RFC 9293, section 3.1. *)
let tcp_header frame =
  let ip = 14 in
  let tcp =
    if is_ipv6 frame then ip + 40 else ip + (4 * (Cstruct.get_uint8 frame ip land 15))
  in
  (tcp, tcp + (4 * (Cstruct.get_uint8 frame (tcp + 12) lsr 4)))

let deliver_verified frame f = during receiving frame 0 (fun () -> f frame)

let is_verified (datagram : Cstruct.t) =
  let frame = receiving.frame in
  datagram.buffer == frame.buffer
  && datagram.off >= frame.off
  && datagram.off + datagram.len <= frame.off + frame.len
