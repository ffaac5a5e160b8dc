(* SPDX-License-Identifier: ISC *)

type family = A | Aaaa
type question = { name : Dns_name.t; family : family }
type data = Address of Ipaddr.t | Alias of Dns_name.t | Other
type record = { owner : Dns_name.t; ttl : int; data : data }

type code =
  | No_error
  | Format_error
  | Server_failure
  | No_such_name
  | Not_implemented
  | Refused
  | Code of int

type reply = {
  id : int;
  question : question;
  truncated : bool;
  code : code;
  answers : record list;
  negative_ttl : int option;
}

let max_udp = 1232
let header_length = 12
let class_in = 1
let type_a = 1
let type_cname = 5
let type_soa = 6
let type_aaaa = 28
let type_opt = 41
let type_of_family = function A -> type_a | Aaaa -> type_aaaa

(* {1 Queries} *)

let recursion_desired = 0x0100

let query ~id ~edns { name; family } =
  let b = Buffer.create 64 in
  let u16 = Buffer.add_uint16_be b in
  u16 id;
  u16 recursion_desired;
  List.iter u16 [ 1; 0; 0; (if edns then 1 else 0) ];
  List.iter
    (fun label ->
      Buffer.add_uint8 b (String.length label);
      Buffer.add_string b label)
    (name :> string list);
  Buffer.add_uint8 b 0;
  u16 (type_of_family family);
  u16 class_in;
  if edns then begin
    Buffer.add_uint8 b 0;
    List.iter u16 [ type_opt; max_udp; 0; 0; 0 ]
  end;
  Buffer.contents b

(* {1 Replies} *)

exception Malformed

let check condition = if not condition then raise_notrace Malformed

let u8 s at =
  check (at < String.length s);
  Char.code s.[at]

let u16 s at = (u8 s at lsl 8) lor u8 s (at + 1)

(* Those above 2^31 - 1 count as zero (RFC 2181, section 8). *)
let ttl s at =
  let high = u16 s at and low = u16 s (at + 2) in
  if high land 0x8000 <> 0 then 0
  else if high >= 0x4000 then 0x3fff_ffff
  else (high lsl 16) lor low

let max_pointers = 64

(* The labels at [at], and where what follows them begins. [floor] is where the part
   that contains [at] begins: pointers lead to before it. *)
let rec labels s at ~floor ~pointers ~octets =
  match u8 s at with
  | 0 -> ([], at + 1)
  | length when length < 0x40 ->
      let octets = octets + length + 1 in
      check (octets < 255 && at + 1 + length <= String.length s);
      let rest, stop = labels s (at + 1 + length) ~floor ~pointers ~octets in
      (String.sub s (at + 1) length :: rest, stop)
  | length when length >= 0xc0 ->
      let target = u16 s at land 0x3fff in
      check (target < floor && pointers < max_pointers);
      let rest, _ =
        labels s target ~floor:target ~pointers:(pointers + 1) ~octets
      in
      (rest, at + 2)
  | _ -> raise_notrace Malformed

let name s at =
  let labels, stop = labels s at ~floor:at ~pointers:0 ~octets:0 in
  match Dns_name.of_labels labels with
  | Some name -> (name, stop)
  | None -> raise_notrace Malformed

let question s at =
  let name, at = name s at in
  check (u16 s (at + 2) = class_in);
  let family =
    match u16 s at with
    | t when t = type_a -> A
    | t when t = type_aaaa -> Aaaa
    | _ -> raise_notrace Malformed
  in
  ({ name; family }, at + 4)

let address_of_octets octets =
  match String.length octets with
  | 4 -> Ipaddr.V4 (Result.get_ok (Ipaddr.V4.of_octets octets))
  | 16 -> Ipaddr.V6 (Result.get_ok (Ipaddr.V6.of_octets octets))
  | _ -> raise_notrace Malformed

(* A record as it stands there. *)
type raw = {
  raw_owner : Dns_name.t;
  kind : int;
  clas : int;
  lifetime : int;
  at : int;  (** of its data *)
  length : int;
}

let raw s at =
  let raw_owner, at = name s at in
  let length = u16 s (at + 8) in
  check (at + 10 + length <= String.length s);
  let record =
    {
      raw_owner;
      kind = u16 s at;
      clas = u16 s (at + 2);
      lifetime = ttl s (at + 4);
      at = at + 10;
      length;
    }
  in
  (record, at + 10 + length)

let data s { kind; clas; at; length; _ } =
  if clas <> class_in then Other
  else if kind = type_cname then begin
    let target, stop = name s at in
    check (stop = at + length);
    Alias target
  end
  else if kind = type_a || kind = type_aaaa then begin
    check (length = if kind = type_a then 4 else 16);
    Address (address_of_octets (String.sub s at length))
  end
  else Other

let record s r = { owner = r.raw_owner; ttl = r.lifetime; data = data s r }

(* The lesser of the record's own lifetime and its last field: RFC 2308, section 5. *)
let negative_ttl s r =
  if r.kind <> type_soa then None
  else begin
    check (r.length >= 22);
    Some (min r.lifetime (ttl s (r.at + r.length - 4)))
  end

let rec records s count at =
  if count = 0 then ([], at)
  else
    let record, at = raw s at in
    let rest, at = records s (count - 1) at in
    (record :: rest, at)

let code = function
  | 0 -> No_error
  | 1 -> Format_error
  | 2 -> Server_failure
  | 3 -> No_such_name
  | 4 -> Not_implemented
  | 5 -> Refused
  | n -> Code n

(* The upper bits of the code are in the record of EDNS, where the ttl would be. *)
let extended s low additional =
  match List.find_opt (fun r -> r.kind = type_opt) additional with
  | Some r -> (u8 s (r.at - 6) lsl 4) lor low
  | None -> low

let parse s =
  check (String.length s >= header_length);
  let flags = u16 s 2 in
  let is_reply = flags land 0x8000 <> 0 and opcode = (flags lsr 11) land 15 in
  check (is_reply && opcode = 0 && u16 s 4 = 1);
  let question, at = question s header_length in
  let truncated = flags land 0x0200 <> 0 in
  let low = flags land 15 in
  let empty =
    { id = u16 s 0; question; truncated; code = code low; answers = []; negative_ttl = None }
  in
  (* What a server cut off need not be whole. *)
  if truncated then empty
  else
    let answers, at = records s (u16 s 6) at in
    let authority, at = records s (u16 s 8) at in
    let additional, _ = records s (u16 s 10) at in
    {
      empty with
      code = code (extended s low additional);
      answers = List.map (record s) answers;
      negative_ttl = List.find_map (negative_ttl s) authority;
    }

let reply s = try Some (parse s) with Malformed -> None
