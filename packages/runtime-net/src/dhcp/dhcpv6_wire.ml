(* SPDX-License-Identifier: ISC *)

type information = {
  servers : Ipaddr.V6.t list;
  domains : string list;
  refresh : float;
}

let message_reply = 7
let message_information_request = 11
let option_client = 1
let option_server = 2
let option_request = 6
let option_elapsed = 8
let option_status = 13
let option_servers = 23
let option_domains = 24
let option_refresh = 32
let header_length = 4

(* RFC 8415, section 7.6. *)
let default_refresh = 86_400.
let min_refresh = 600.
let max_servers = 8

let u16 n =
  let b = Bytes.create 2 in
  Bytes.set_uint16_be b 0 n;
  Bytes.to_string b

let option code value = u16 code ^ u16 (String.length value) ^ value

(* RFC 8415, section 11.4: a link-layer address, of Ethernet. *)
let identifier mac = u16 3 ^ u16 1 ^ Macaddr.to_octets mac

let request ~mac ~xid ~elapsed =
  let head = Bytes.create header_length in
  Bytes.set_int32_be head 0
    (Int32.logor
       (Int32.shift_left (Int32.of_int message_information_request) 24)
       (Int32.of_int xid));
  let wanted = [ option_servers; option_domains; option_refresh ] in
  Cstruct.of_string
    (String.concat ""
       [
         Bytes.to_string head;
         option option_client (identifier mac);
         option option_elapsed (u16 (Int.min 0xffff elapsed));
         option option_request (String.concat "" (List.map u16 wanted));
       ])

let options buf =
  let rec go off found =
    if off = Cstruct.length buf then Some (List.rev found)
    else if off + 4 > Cstruct.length buf then None
    else
      let len = Cstruct.BE.get_uint16 buf (off + 2) in
      if off + 4 + len > Cstruct.length buf then None
      else
        let value = Cstruct.to_string buf ~off:(off + 4) ~len in
        go (off + 4 + len) ((Cstruct.BE.get_uint16 buf off, value) :: found)
  in
  go header_length []

let rec addresses value =
  if String.length value < 16 then []
  else
    Ipaddr.V6.of_octets_exn (String.sub value 0 16)
    :: addresses (String.sub value 16 (String.length value - 16))

let rec first n = function x :: rest when n > 0 -> x :: first (n - 1) rest | _ -> []

let refresh_of = function
  | Some value when String.length value = 4 -> (
    match String.get_int32_be value 0 with
    | -1l -> infinity
    | n when Int32.compare n 0l < 0 -> infinity
    | n -> Float.max min_refresh (Int32.to_float n))
  | Some _ | None -> default_refresh

let is_failure = function
  | Some value -> String.length value < 2 || String.get_uint16_be value 0 <> 0
  | None -> false

let reply ~mac ~xid buf =
  let is_answer =
    Cstruct.length buf >= header_length
    && Cstruct.get_uint8 buf 0 = message_reply
    && Cstruct.BE.get_uint16 buf 2 = xid land 0xffff
    && Cstruct.get_uint8 buf 1 = xid lsr 16
  in
  match if is_answer then options buf else None with
  | None -> None
  | Some options ->
    let find code = List.assoc_opt code options in
    if
      find option_client <> Some (identifier mac)
      || find option_server = None
      || is_failure (find option_status)
    then None
    else
      let list read = function Some value -> read value | None -> [] in
      Some
        {
          servers =
            first max_servers
              (List.filter Ipv6_address.is_host
                 (list addresses (find option_servers)));
          domains = first max_servers (list Advertised_name.list_of_wire (find option_domains));
          refresh = refresh_of (find option_refresh);
        }
