(* SPDX-License-Identifier: ISC *)

(* Replies as servers write them, octet by octet. *)

let u16 n = Printf.sprintf "%c%c" (Char.chr (n lsr 8 land 255)) (Char.chr (n land 255))
let u32 n = u16 (n lsr 16) ^ u16 n

let name text =
  let label l = Printf.sprintf "%c%s" (Char.chr (String.length l)) l in
  String.concat "" (List.map label (String.split_on_char '.' text)) ^ "\000"

(* The name of the question, where it stands in each reply. *)
let pointer = u16 0xc00c

let record ?(owner = pointer) ?(ttl = 300) kind data =
  owner ^ u16 kind ^ u16 1 ^ u32 ttl ^ u16 (String.length data) ^ data

let a ?owner ?ttl octets = record ?owner ?ttl 1 octets
let aaaa ?owner ?ttl octets = record ?owner ?ttl 28 octets
let cname ?owner ?ttl target = record ?owner ?ttl 5 (name target)

let soa ?(ttl = 600) ~minimum () =
  record ~owner:(name "example.org") ~ttl 6
    (name "ns.example.org" ^ name "admin.example.org"
    ^ String.concat "" (List.map u32 [ 1; 2; 3; 4; minimum ]))

let opt ?(code = 0) () = "\000" ^ u16 41 ^ u16 1232 ^ u32 (code lsl 24) ^ u16 0

let reply ?(flags = 0x8180) ?(id = 7) ?(kind = 1) ?(authority = []) ?(additional = [])
    question answers =
  u16 id ^ u16 flags ^ u16 1
  ^ String.concat ""
      (List.map (fun l -> u16 (List.length l)) [ answers; authority; additional ])
  ^ name question ^ u16 kind ^ u16 1
  ^ String.concat "" (answers @ authority @ additional)
