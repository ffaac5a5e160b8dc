(* SPDX-License-Identifier: ISC *)

type kind = Discover | Offer | Request | Decline | Ack | Nak | Release | Inform

type reply = {
  kind : kind;
  xid : int32;
  mac : Macaddr.t;
  address : Ipaddr.V4.t;
  server : Ipaddr.V4.t option;
  netmask : Ipaddr.V4.t option;
  gateways : Ipaddr.V4.t list;
  lease_time : int option;
  renewal_time : int option;
  rebinding_time : int option;
  name_servers : Ipaddr.V4.t list;
  domains : string list;
  host_name : string option;
  mtu : int option;
}

type request = {
  kind : kind;
  xid : int32;
  mac : Macaddr.t;
  seconds : int;
  client : Ipaddr.V4.t;
  requested : Ipaddr.V4.t option;
  server : Ipaddr.V4.t option;
}

let kinds = [| Discover; Offer; Request; Decline; Ack; Nak; Release; Inform |]

let kind_number kind =
  let rec find i = if kinds.(i) = kind then i + 1 else find (i + 1) in
  find 0

(* The fixed part: 44 octets up to and with chaddr, then sname and file. *)
let off_sname = 44
let off_file = 108
let off_cookie = 236
let off_options = 240
let cookie = 0x63825363l
let boot_request = 1
let boot_reply = 2

let option_pad = 0
let option_netmask = 1
let option_routers = 3
let option_name_servers = 6
let option_host_name = 12
let option_domain = 15
let option_mtu = 26
let option_requested = 50
let option_lease = 51
let option_overload = 52
let option_kind = 53
let option_server = 54
let option_parameters = 55
let option_max_size = 57
let option_renewal = 58
let option_rebinding = 59
let option_client = 61
let option_domain_search = 119
let option_end = 255

(* All options in [buf], first one first; what follows a malformed one is not
   looked at. *)
let options_in buf =
  let n = Cstruct.length buf in
  let rec go off found =
    if off >= n then List.rev found
    else
      let code = Cstruct.get_uint8 buf off in
      if code = option_pad then go (off + 1) found
      else if code = option_end || off + 1 >= n then List.rev found
      else
        let len = Cstruct.get_uint8 buf (off + 1) in
        if off + 2 + len > n then List.rev found
        else
          let value = Cstruct.to_string buf ~off:(off + 2) ~len in
          go (off + 2 + len) ((code, value) :: found)
  in
  go 0 []

(* Equal options are parts of one (RFC 3396). *)
let find options code =
  match List.filter (fun (c, _) -> c = code) options with
  | [] -> None
  | parts -> Some (String.concat "" (List.map snd parts))

let all_options buf =
  let options = options_in (Cstruct.shift buf off_options) in
  let file () = options_in (Cstruct.sub buf off_file (off_cookie - off_file)) in
  let sname () = options_in (Cstruct.sub buf off_sname (off_file - off_sname)) in
  match find options option_overload with
  | Some "\001" -> options @ file ()
  | Some "\002" -> options @ sname ()
  | Some "\003" -> options @ file () @ sname ()
  | Some _ | None -> options

let rec addresses value =
  if String.length value < 4 then []
  else
    Ipaddr.V4.of_int32 (String.get_int32_be value 0)
    :: addresses (String.sub value 4 (String.length value - 4))

let first_address = function
  | Some value -> List.nth_opt (addresses value) 0
  | None -> None

(* 34 years are for ever where an int has 31 bits, and so everywhere. *)
let longest = 0x3fffffffl

let seconds = function
  | Some value when String.length value = 4 ->
    let n = String.get_int32_be value 0 in
    Some (if Int32.compare n 0l < 0 || Int32.compare n longest > 0 then max_int else Int32.to_int n)
  | Some _ | None -> None

let all_addresses = function Some value -> addresses value | None -> []

(* RFC 2132, section 5.1: the least is 68. *)
let mtu value =
  if String.length value <> 2 then None
  else
    let octets = String.get_uint16_be value 0 in
    if octets < 68 then None else Some octets

let domains options =
  match find options option_domain_search with
  | Some value -> Advertised_name.list_of_wire value
  | None ->
    Option.to_list (Option.bind (find options option_domain) Advertised_name.of_text)

let kind_of = function
  | Some value when String.length value = 1 ->
    let n = Char.code value.[0] in
    if n >= 1 && n <= Array.length kinds then Some kinds.(n - 1) else None
  | Some _ | None -> None

let parse buf =
  if
    Cstruct.length buf < off_options
    || Cstruct.get_uint8 buf 0 <> boot_reply
    || Cstruct.get_uint8 buf 1 <> 1
    || Cstruct.get_uint8 buf 2 <> 6
    || Cstruct.BE.get_uint32 buf off_cookie <> cookie
  then None
  else
    let options = all_options buf in
    match kind_of (find options option_kind) with
    | None -> None
    | Some kind ->
      Some
        {
          kind;
          xid = Cstruct.BE.get_uint32 buf 4;
          mac = Macaddr.of_octets_exn (Cstruct.to_string buf ~off:28 ~len:6);
          address = Ipaddr.V4.of_int32 (Cstruct.BE.get_uint32 buf 16);
          server = first_address (find options option_server);
          netmask = first_address (find options option_netmask);
          gateways = all_addresses (find options option_routers);
          lease_time = seconds (find options option_lease);
          renewal_time = seconds (find options option_renewal);
          rebinding_time = seconds (find options option_rebinding);
          name_servers = all_addresses (find options option_name_servers);
          domains = domains options;
          host_name = Option.bind (find options option_host_name) Advertised_name.of_text;
          mtu = Option.bind (find options option_mtu) mtu;
        }

let octets ip =
  let b = Bytes.create 4 in
  Bytes.set_int32_be b 0 (Ipaddr.V4.to_int32 ip);
  Bytes.to_string b

let octet n = String.make 1 (Char.chr n)

let address_option code = function Some ip -> [ (code, octets ip) ] | None -> []

let wanted =
  String.concat ""
    (List.map octet
       [
         option_netmask; option_routers; option_name_servers; option_host_name;
         option_domain; option_mtu; option_lease; option_renewal; option_rebinding;
         option_domain_search;
       ])

(* The least that every relay and server passes on (RFC 1542, section 2.1). *)
let min_length = 300

(* What every host can receive (RFC 2131, section 2). *)
let max_size = "\002\064"
let broadcast_flag = 0x8000

let write r =
  let mac = Macaddr.to_octets r.mac in
  let options =
    [ (option_kind, octet (kind_number r.kind)); (option_client, "\001" ^ mac) ]
    @ address_option option_requested r.requested
    @ address_option option_server r.server
    @
    (* RFC 2131, table 5: not in a refusal. *)
    if r.kind = Decline then []
    else [ (option_max_size, max_size); (option_parameters, wanted) ]
  in
  let encode (code, value) =
    octet code ^ octet (String.length value) ^ value
  in
  let encoded = String.concat "" (List.map encode options) ^ octet option_end in
  let buf = Cstruct.create (max min_length (off_options + String.length encoded)) in
  Cstruct.set_uint8 buf 0 boot_request;
  Cstruct.set_uint8 buf 1 1;
  Cstruct.set_uint8 buf 2 6;
  Cstruct.BE.set_uint32 buf 4 r.xid;
  Cstruct.BE.set_uint16 buf 8 (min 0xffff r.seconds);
  Cstruct.BE.set_uint16 buf 10 broadcast_flag;
  Cstruct.BE.set_uint32 buf 12 (Ipaddr.V4.to_int32 r.client);
  Cstruct.blit_from_string mac 0 buf 28 6;
  Cstruct.BE.set_uint32 buf off_cookie cookie;
  Cstruct.blit_from_string encoded 0 buf off_options (String.length encoded);
  buf
