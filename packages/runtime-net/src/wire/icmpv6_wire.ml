(* SPDX-License-Identifier: ISC *)

type error =
  | Unreachable of int
  | Too_big of int
  | Time_exceeded of int
  | Parameter of { code : int; pointer : int }

type prefix = {
  prefix : Ipaddr.V6.t;
  length : int;
  on_link : bool;
  autonomous : bool;
  valid : float;
  preferred : float;
}

type advertisement = {
  hop_limit : int;
  managed : bool;
  other : bool;
  lifetime : float;
  reachable : int;
  retransmit : int;
  mac : Macaddr.t option;
  mtu : int option;
  prefixes : prefix list;
  servers : (Ipaddr.V6.t list * float) option;
  domains : (string list * float) option;
}

type t =
  | Echo_request of { id : int; sequence : int; data : Cstruct.t }
  | Echo_reply of { id : int; sequence : int; data : Cstruct.t }
  | Error of error * Cstruct.t
  | Router_solicitation of Macaddr.t option
  | Router_advertisement of advertisement
  | Neighbour_solicitation of { target : Ipaddr.V6.t; mac : Macaddr.t option }
  | Neighbour_advertisement of {
      router : bool;
      solicited : bool;
      override : bool;
      target : Ipaddr.V6.t;
      mac : Macaddr.t option;
    }
  | Redirect of { target : Ipaddr.V6.t; dst : Ipaddr.V6.t; mac : Macaddr.t option }
  | Query of { group : Ipaddr.V6.t; delay : float; version : int }
  | Unhandled of int

type listening = Begins | Listens | Leaves

let header_length = 8
let type_unreachable = 1
let type_too_big = 2
let type_time_exceeded = 3
let type_parameter = 4
let type_echo_request = 128
let type_echo_reply = 129
let type_query = 130
let type_report_v1 = 131
let type_router_solicitation = 133
let type_router_advertisement = 134
let type_neighbour_solicitation = 135
let type_neighbour_advertisement = 136
let type_redirect = 137
let type_report = 143
let option_source_mac = 1
let option_target_mac = 2
let option_prefix = 3
let option_mtu = 5
let option_servers = 25
let option_domains = 31
let is_error_type kind = kind < 128

let is_discovery_type kind =
  kind >= type_router_solicitation && kind <= type_redirect

(* {1 Reading} *)

(* Seconds of 32 bits; all ones are for ever. *)
let seconds buf off =
  match Cstruct.BE.get_uint32 buf off with
  | -1l -> infinity
  | n ->
    let low = Int32.to_float n in
    if low < 0. then low +. 4294967296. else low

(* A number of 32 bits that is cut where an int is smaller. *)
let number buf off =
  let n = Cstruct.BE.get_uint32 buf off in
  if Int32.compare n 0l < 0 || Int32.compare n 0x3fffffffl > 0 then 0x3fffffff
  else Int32.to_int n

(* Each option has a type and a length in units of 8 octets; [None] if one has none, or is
   cut short. *)
let options buf off =
  let rec go off found =
    if off = Cstruct.length buf then Some (List.rev found)
    else if off + 8 > Cstruct.length buf then None
    else
      let octets = 8 * Cstruct.get_uint8 buf (off + 1) in
      if octets = 0 || off + octets > Cstruct.length buf then None
      else
        let option = (Cstruct.get_uint8 buf off, Cstruct.sub buf off octets) in
        go (off + octets) (option :: found)
  in
  if off > Cstruct.length buf then None else go off []

let mac_of options kind =
  match List.assoc_opt kind options with
  | Some option -> Some (Macaddr.of_octets_exn (Cstruct.to_string option ~off:2 ~len:6))
  | None -> None

let prefix_of (kind, option) =
  if kind <> option_prefix || Cstruct.length option <> 32 then None
  else
    let flags = Cstruct.get_uint8 option 3 in
    let length = Cstruct.get_uint8 option 2 in
    if length > 128 then None
    else
      Some
        {
          prefix = Ipv6_address.read option 16;
          length;
          on_link = flags land 0x80 <> 0;
          autonomous = flags land 0x40 <> 0;
          valid = seconds option 4;
          preferred = seconds option 8;
        }

let servers_of options =
  match List.assoc_opt option_servers options with
  | Some option when Cstruct.length option >= 24 ->
    let count = (Cstruct.length option - 8) / 16 in
    Some
      ( List.init count (fun i -> Ipv6_address.read option (8 + (16 * i))),
        seconds option 4 )
  | Some _ | None -> None

let domains_of options =
  match List.assoc_opt option_domains options with
  | Some option when Cstruct.length option >= 16 ->
    Some (Advertised_name.list_of_wire (Cstruct.to_string option ~off:8), seconds option 4)
  | Some _ | None -> None

let mtu_of options =
  match List.assoc_opt option_mtu options with
  | Some option -> Some (number option 4)
  | None -> None

let advertisement buf options =
  let flags = Cstruct.get_uint8 buf 5 in
  {
    hop_limit = Cstruct.get_uint8 buf 4;
    managed = flags land 0x80 <> 0;
    other = flags land 0x40 <> 0;
    lifetime = float_of_int (Cstruct.BE.get_uint16 buf 6);
    reachable = number buf 8;
    retransmit = number buf 12;
    mac = mac_of options option_source_mac;
    mtu = mtu_of options;
    prefixes = List.filter_map prefix_of options;
    servers = servers_of options;
    domains = domains_of options;
  }

(* RFC 3810, section 5.1.3: from 32768 on, mantissa and exponent. *)
let response_delay code =
  let ms =
    if code < 0x8000 then code
    else (code land 0xfff lor 0x1000) lsl (((code lsr 12) land 7) + 3)
  in
  float_of_int ms /. 1000.

let query buf =
  let length = Cstruct.length buf in
  if length < 24 then None
  else
    let version = if length >= 28 then 2 else 1 in
    let code = Cstruct.BE.get_uint16 buf 4 in
    let delay =
      if version = 2 then response_delay code else float_of_int code /. 1000.
    in
    Some (Query { group = Ipv6_address.read buf 8; delay; version })

let discovery buf kind =
  let at_least n message =
    if Cstruct.length buf < n || Cstruct.get_uint8 buf 1 <> 0 then None
    else Option.map message (options buf n)
  in
  let target () = Ipv6_address.read buf 8 in
  if kind = type_router_solicitation then
    at_least 8 (fun options -> Router_solicitation (mac_of options option_source_mac))
  else if kind = type_router_advertisement then
    at_least 16 (fun options -> Router_advertisement (advertisement buf options))
  else if kind = type_neighbour_solicitation then
    at_least 24 (fun options ->
        Neighbour_solicitation
          { target = target (); mac = mac_of options option_source_mac })
  else if kind = type_neighbour_advertisement then
    at_least 24 (fun options ->
        let flags = Cstruct.get_uint8 buf 4 in
        Neighbour_advertisement
          {
            router = flags land 0x80 <> 0;
            solicited = flags land 0x40 <> 0;
            override = flags land 0x20 <> 0;
            target = target ();
            mac = mac_of options option_target_mac;
          })
  else
    at_least 40 (fun options ->
        Redirect
          {
            target = target ();
            dst = Ipv6_address.read buf 24;
            mac = mac_of options option_target_mac;
          })

let parse ~addresses buf =
  let length = Cstruct.length buf in
  if
    length < header_length
    || Inet_checksum.finish
         (Inet_checksum.add
            (Inet_checksum.pseudo_header ~addresses ~proto:Ipv6_wire.proto_icmp length)
            buf)
       <> 0
  then None
  else
    let data = Cstruct.shift buf header_length in
    let id = Cstruct.BE.get_uint16 buf 4 in
    let sequence = Cstruct.BE.get_uint16 buf 6 in
    let kind = Cstruct.get_uint8 buf 0 in
    let code = Cstruct.get_uint8 buf 1 in
    if kind = type_echo_request then Some (Echo_request { id; sequence; data })
    else if kind = type_echo_reply then Some (Echo_reply { id; sequence; data })
    else if kind = type_unreachable then Some (Error (Unreachable code, data))
    else if kind = type_too_big then Some (Error (Too_big (number buf 4), data))
    else if kind = type_time_exceeded then Some (Error (Time_exceeded code, data))
    else if kind = type_parameter then
      Some (Error (Parameter { code; pointer = number buf 4 }, data))
    else if kind = type_query then query buf
    else if is_discovery_type kind then discovery buf kind
    else Some (Unhandled kind)

(* {1 Writing} *)

(* The checksum of [length] octets of [buf] and of [data]. *)
let finish buf ~addresses ~length data =
  let header = Cstruct.sub buf 0 length in
  let whole = length + Cstruct.length data in
  let sum = Inet_checksum.pseudo_header ~addresses ~proto:Ipv6_wire.proto_icmp whole in
  let sum = Inet_checksum.add_list sum [ header; data ] in
  Cstruct.BE.set_uint16 buf 2 (Inet_checksum.finish sum);
  length

let start buf ~kind ~code =
  Cstruct.set_uint8 buf 0 kind;
  Cstruct.set_uint8 buf 1 code;
  Cstruct.BE.set_uint16 buf 2 0;
  Cstruct.BE.set_uint32 buf 4 0l

let write_echo_reply buf ~addresses ~id ~sequence data =
  start buf ~kind:type_echo_reply ~code:0;
  Cstruct.BE.set_uint16 buf 4 id;
  Cstruct.BE.set_uint16 buf 6 sequence;
  finish buf ~addresses ~length:header_length data

let write_error buf ~addresses error data =
  (match error with
   | Unreachable code -> start buf ~kind:type_unreachable ~code
   | Time_exceeded code -> start buf ~kind:type_time_exceeded ~code
   | Too_big mtu ->
     start buf ~kind:type_too_big ~code:0;
     Cstruct.BE.set_uint32 buf 4 (Int32.of_int mtu)
   | Parameter { code; pointer } ->
     start buf ~kind:type_parameter ~code;
     Cstruct.BE.set_uint32 buf 4 (Int32.of_int pointer));
  finish buf ~addresses ~length:header_length data

let write_mac_option buf off ~kind mac =
  Cstruct.set_uint8 buf off kind;
  Cstruct.set_uint8 buf (off + 1) 1;
  Cstruct.blit_from_string (Macaddr.to_octets mac) 0 buf (off + 2) 6;
  off + 8

let write_source buf off = function
  | Some mac -> write_mac_option buf off ~kind:option_source_mac mac
  | None -> off

let write_router_solicitation ~mac buf ~addresses =
  start buf ~kind:type_router_solicitation ~code:0;
  let length = write_source buf 8 mac in
  finish buf ~addresses ~length Cstruct.empty

let write_neighbour_solicitation ~target ~mac buf ~addresses =
  start buf ~kind:type_neighbour_solicitation ~code:0;
  Ipv6_address.write buf 8 target;
  let length = write_source buf 24 mac in
  finish buf ~addresses ~length Cstruct.empty

let write_neighbour_advertisement ~solicited ~override ~target ~mac buf ~addresses =
  start buf ~kind:type_neighbour_advertisement ~code:0;
  Cstruct.set_uint8 buf 4
    ((if solicited then 0x40 else 0) lor if override then 0x20 else 0);
  Ipv6_address.write buf 8 target;
  let length = write_mac_option buf 24 ~kind:option_target_mac mac in
  finish buf ~addresses ~length Cstruct.empty

(* A record says from which sources a group is heard: from all but none, or from none
   (RFC 3810, section 5.2.12). *)
let record_kind = function Begins -> 4 | Listens -> 2 | Leaves -> 3

let write_report buf ~addresses listening groups =
  start buf ~kind:type_report ~code:0;
  Cstruct.BE.set_uint16 buf 6 (List.length groups);
  let record off group =
    Cstruct.set_uint8 buf off (record_kind listening);
    Cstruct.set_uint8 buf (off + 1) 0;
    Cstruct.BE.set_uint16 buf (off + 2) 0;
    Ipv6_address.write buf (off + 4) group;
    off + 20
  in
  let length = List.fold_left record 8 groups in
  finish buf ~addresses ~length Cstruct.empty

let write_report_v1 buf ~addresses group =
  start buf ~kind:type_report_v1 ~code:0;
  Ipv6_address.write buf 8 group;
  finish buf ~addresses ~length:24 Cstruct.empty
