(* SPDX-License-Identifier: ISC *)

type t = { interface : int; addressing : Net_parameters.addressing }

let prefix = "ip="

(* RFC 791, section 3.2 *)
let class_netmask address =
  let first = Char.code (Ipaddr.V4.to_octets address).[0] in
  let length = if first < 128 then 8 else if first < 192 then 16 else 24 in
  Ipaddr.V4.Prefix.mask length

let is_number text = text <> "" && String.for_all (fun c -> c >= '0' && c <= '9') text

(* Other names than Linux's first ones are those of somebody's only interface. *)
let interface_of name =
  let digits = String.length name - 3 in
  if digits > 0 && digits < 5 && String.sub name 0 3 = "eth" then
    let number = String.sub name 3 digits in
    if is_number number then int_of_string number else 0
  else 0

let ( let* ) = Result.bind

(* An empty part is one that is missing. *)
let address text =
  if text = "" then Ok None
  else Result.map Option.some (Ipaddr.V4.of_string text)

(* RFC 1122, section 3.2.1.3; 0.0.0.0 is none. *)
let host = function
  | Some address when Ipaddr.V4.(compare address any) = 0 -> Ok None
  | Some address when Ipaddr.V4.(is_multicast address || compare address broadcast = 0) ->
      Error (`Msg "no host's address")
  | host -> Ok host

let mask = function
  | None -> Ok None
  | Some netmask ->
      Result.map
        (fun _ -> Some netmask)
        (Ipaddr.V4.Prefix.of_netmask ~netmask ~address:Ipaddr.V4.any)

type way = Ask | Given

let way = function
  | "" | "dhcp" | "on" | "any" | "both" -> Ok Ask
  | "off" | "none" -> Ok Given
  | _ -> Error (`Msg "no such way")

let static client ~gateway ~netmask =
  `IPv4
    ( client,
      Option.value ~default:(class_netmask client) netmask,
      Option.to_list gateway )

(* With an address there is nothing to ask for (net/ipv4/ipconfig.c). *)
let parse value =
  match String.split_on_char ':' value with
  | [ autoconf ] when Result.is_ok (way autoconf) ->
      Result.map
        (function Ask -> Some { interface = 0; addressing = `DHCP } | Given -> None)
        (way autoconf)
  | parts ->
      let part i = Option.value ~default:"" (List.nth_opt parts i) in
      let* client = Result.bind (address (part 0)) host in
      let* gateway = Result.bind (address (part 2)) host in
      let* netmask = Result.bind (address (part 3)) mask in
      let* way = way (part 6) in
      let interface = interface_of (part 5) in
      Ok
        (match (client, way) with
        | Some client, _ ->
            Some { interface; addressing = static client ~gateway ~netmask }
        | None, Ask -> Some { interface; addressing = `DHCP }
        | None, Given -> None)

let of_settings words =
  let length = String.length prefix in
  let is_ours word = String.length word > length && String.sub word 0 length = prefix in
  let words = List.filter is_ours words in
  let read word =
    match parse (String.sub word length (String.length word - length)) with
    | Ok parameter -> Either.Left (Option.to_list parameter)
    | Error _ -> Either.Right word
  in
  let right, wrong = List.partition_map read words in
  (List.concat right, wrong)
