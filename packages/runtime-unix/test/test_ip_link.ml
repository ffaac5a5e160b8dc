(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_unix_io
open Support

let mac = "\x02\x00\x00\x00\x00\x2a"
let peer = "\x02\x00\x00\x00\x00\x2b"
let ours = "\x0a\x00\x00\x02"
let theirs = "\x0a\x00\x00\x01"
let link = Ip_link.create Ip_family mac
let broadcast = "\xff\xff\xff\xff\xff\xff"
let ethernet ?(destination = broadcast) ethertype = destination ^ mac ^ ethertype

let arp ?(operation = "\x00\x01") ~from asked =
  ethernet "\x08\x06" ^ "\x00\x01\x08\x00\x06\x04" ^ operation ^ mac ^ from
  ^ String.make 6 '\x00' ^ asked

let send ?(link = link) octets = Ip_link.send link [ Cstruct.of_string octets ]

let check_answer what expected sent =
  match sent with
  | Ip_link.Answer frame -> Alcotest.(check string) what expected (Cstruct.to_string frame)
  | Packet _ -> Alcotest.failf "%s: written to the device" what
  | Nothing -> Alcotest.failf "%s: no answer" what

let check_nothing what = function
  | Ip_link.Nothing -> ()
  | _ -> Alcotest.failf "%s is answered, or written" what

let arp_questions () =
  check_answer "who has theirs"
    (mac ^ peer ^ "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x02" ^ peer ^ theirs ^ mac ^ ours)
    (send (arp ~from:ours theirs));
  check_nothing "a probe" (send (arp ~from:"\x00\x00\x00\x00" ours));
  check_nothing "an announcement" (send (arp ~from:ours ours));
  check_nothing "an answer" (send (arp ~operation:"\x00\x02" ~from:ours theirs));
  check_nothing "half a question" (send (String.sub (arp ~from:ours theirs) 0 40))

let ours6 = "\xfe\x80" ^ String.make 13 '\x00' ^ "\x02"
let theirs6 = "\xfe\x80" ^ String.make 13 '\x00' ^ "\x01"
let ipv6 ~from ~to_ payload =
  Printf.sprintf "\x60\x00\x00\x00\x00%c\x3a\xff%s%s%s"
    (Char.chr (String.length payload))
    from to_ payload

let solicitation ~from =
  let group = "\xff\x02" ^ String.make 9 '\x00' ^ "\x01\xff\x00\x00\x01" in
  ethernet "\x86\xdd"
  ^ ipv6 ~from ~to_:group ("\x87\x00\x00\x00\x00\x00\x00\x00" ^ theirs6 ^ "\x01\x01" ^ mac)

let neighbours () =
  (* By hand: 2 x fe80 + 1 + 2 + 32 + 58 + 8800 + 6000 + fe80 + 1 + 0201 + 0200 + 2b. *)
  check_answer "the peer"
    (mac ^ peer ^ "\x86\xdd"
    ^ ipv6 ~from:theirs6 ~to_:ours6
        ("\x88\x00\x17\xf2\x60\x00\x00\x00" ^ theirs6 ^ "\x02\x01" ^ peer))
    (send (solicitation ~from:ours6));
  check_nothing "whether an address is taken" (send (solicitation ~from:(String.make 16 '\x00')))

let ipv4 ?(to_ = theirs) () =
  "\x45\x00\x00\x15\x00\x00\x00\x00\x40\xfd\x00\x00" ^ ours ^ to_ ^ "x"

let written link frame =
  match Ip_link.send link frame with
  | Packet parts -> Cstruct.copyv parts
  | Answer _ | Nothing -> Alcotest.fail "not written"

let packets () =
  let packet = ipv4 () in
  let frame = ethernet ~destination:peer "\x08\x00" ^ packet in
  let whole = [ Cstruct.of_string frame ] in
  Alcotest.(check string) "behind a family" ("\x00\x00\x00\x02" ^ packet) (written link whole);
  let bare = Ip_link.create Ip mac in
  Alcotest.(check string) "behind nothing" packet (written bare whole);
  let parts = List.map (fun c -> Cstruct.of_string (String.make 1 c)) (List.of_seq (String.to_seq frame)) in
  Alcotest.(check string) "octet by octet" ("\x00\x00\x00\x02" ^ packet) (written link parts);
  let six = ipv6 ~from:ours6 ~to_:theirs6 "ping" in
  Alcotest.(check string) "version 6" six
    (written bare [ Cstruct.of_string (ethernet ~destination:peer "\x86\xdd" ^ six) ]);
  check_nothing "another protocol" (send (ethernet "\x88\xcc" ^ "hello"));
  check_nothing "no frame" (send "short")

let received octets =
  Ip_link.frame link (Cstruct.of_string (String.make (Ip_link.lead link) '?' ^ octets))
  |> Option.map Cstruct.to_string

let frames () =
  let check what expected packet =
    Alcotest.(check (option string)) what expected (received ("\x00\x00\x00\x02" ^ packet))
  in
  let framed destination ethertype packet = Some (destination ^ peer ^ ethertype ^ packet) in
  let to_us = ipv4 ~to_:ours () in
  check "to us" (framed mac "\x08\x00" to_us) to_us;
  let to_all = ipv4 ~to_:"\xff\xff\xff\xff" () in
  check "to all" (framed broadcast "\x08\x00" to_all) to_all;
  let to_group = ipv4 ~to_:"\xe0\x81\x02\x03" () in
  check "to a group" (framed "\x01\x00\x5e\x01\x02\x03" "\x08\x00" to_group) to_group;
  let six = ipv6 ~from:theirs6 ~to_:ours6 "ping" in
  check "version 6" (framed mac "\x86\xdd" six) six;
  let all_nodes = ipv6 ~from:theirs6 ~to_:("\xff\x02" ^ String.make 13 '\x00' ^ "\x01") "ping" in
  check "to all nodes" (framed "\x33\x33\x00\x00\x00\x01" "\x86\xdd" all_nodes) all_nodes;
  check "of another version" None "\x35";
  check "nothing" None ""

let suite =
  ( "Ethernet over IP packets",
    [
      case "ARP is answered" arp_questions;
      case "neighbours are answered" neighbours;
      case "packets to the device" packets;
      case "packets from the device" frames;
    ] )
