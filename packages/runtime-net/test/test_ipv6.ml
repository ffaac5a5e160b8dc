(* SPDX-License-Identifier: ISC *)

(* IPv6: its formats, what a host knows, and a whole stack that a station looks at. *)

open World

let ip6 = Ipaddr.V6.of_string_exn
let show = Ipaddr.V6.to_string
let address = Alcotest.testable Ipaddr.V6.pp Ipv6_address.equal
let mac n = Macaddr.of_octets_exn (Printf.sprintf "\002\000\000\000\000%c" (Char.chr n))

(* {1 Addresses} *)

let test_addresses () =
  let check what expected got = Alcotest.check address what (ip6 expected) got in
  check "solicited" "ff02::1:ff28:9c5a" (Ipv6_address.solicited_node (ip6 "fe80::2aa:ff:fe28:9c5a"));
  Alcotest.(check string) "group" "33:33:ff:28:9c:5a"
    (Macaddr.to_string (Ipv6_address.multicast_mac (ip6 "ff02::1:ff28:9c5a")));
  let host text = Ipv6_address.is_host (ip6 text) in
  List.iter (fun text -> Alcotest.(check bool) text false (host text)) [ "::"; "::1"; "ff02::1"; "::ffff:10.0.0.1" ];
  List.iter (fun text -> Alcotest.(check bool) text true (host text)) [ "fe80::1"; "fd00::1"; "2001:db8::1" ];
  let bits a b = Ipv6_address.common_bits (ip6 a) (ip6 b) in
  Alcotest.(check (list int)) "common bits" [ 128; 0; 127; 32; 10 ]
    [ bits "1::" "1::"; bits "8000::" "::"; bits "::2" "::3"; bits "2001:db8::" "2001:db8:8000::"; bits "fe80::" "febf::" ];
  let one = Ipv6_identifier.make ~prefix:(ip6 "2001:db8::") ~mac:(mac 1) ~secret:"" in
  Alcotest.(check bool) "the same again" true (one ~attempt:0 = one ~attempt:0);
  Alcotest.(check bool) "another attempt" false (one ~attempt:0 = one ~attempt:1);
  Alcotest.(check bool) "another network" false
    (one ~attempt:0 = Ipv6_identifier.make ~prefix:(ip6 "2001:db8:1::") ~mac:(mac 1) ~secret:"" ~attempt:0)

(* RFC 6724, section 10.1. *)
let test_source () =
  let check dst candidates expected =
    let candidates = List.map (fun text -> (ip6 text, false)) candidates in
    Alcotest.(check (option address)) dst (Some (ip6 expected)) (Ipv6_source.choose candidates (ip6 dst))
  in
  let check_both dst a b expected =
    check dst [ a; b ] expected;
    check dst [ b; a ] expected
  in
  check_both "2001:db8:1::1" "2001:db8:3::1" "fe80::1" "2001:db8:3::1";
  check_both "ff05::1" "2001:db8:3::1" "fe80::1" "2001:db8:3::1";
  check_both "fe80::1" "2001:db8::1" "fe80::2" "fe80::2";
  check_both "2001:db8:1::1" "2001:db8:1::1" "2001:db8:2::1" "2001:db8:1::1";
  check_both "2001:db8:1::1" "2001:db8:1::2" "2001:db8:3::2" "2001:db8:1::2";
  check_both "2002:c633:6401::1" "2002:c633:6401::d5e3:7953:13eb:22e8" "2001:db8:1::2" "2002:c633:6401::d5e3:7953:13eb:22e8";
  check_both "fd00::5" "2001:db8::1" "fd01::1" "fd01::1";
  Alcotest.(check (option address)) "not a deprecated one" (Some (ip6 "2001:db8:9::1"))
    (Ipv6_source.choose [ (ip6 "2001:db8:1::2", true); (ip6 "2001:db8:9::1", false) ] (ip6 "2001:db8:1::1"));
  Alcotest.(check (option address)) "none" None (Ipv6_source.choose [] (ip6 "::2"))

(* {1 Headers} *)

let src = ip6 "fd00::9"
let dst = ip6 "fd00::2"

let datagram ?(src = src) ?(dst = dst) ?(hop_limit = 64) ~proto payload =
  let buf = Cstruct.create 40 in
  Ipv6_wire.write buf ~src ~dst ~proto ~hop_limit;
  Ipv6_wire.complete buf ~payload_length:(String.length payload);
  Cstruct.append buf (Cstruct.of_string payload)

let hex text =
  let digits = String.concat "" (String.split_on_char ' ' text) in
  String.init (String.length digits / 2) (fun i -> Char.chr (int_of_string ("0x" ^ String.sub digits (2 * i) 2)))

let outcome buf =
  match Ipv6_wire.parse buf with
  | Ok { content = Whole { proto; payload; _ }; _ } -> Printf.sprintf "%d %s" proto (Cstruct.to_string payload)
  | Ok { content = Fragment { proto; offset; more; _ }; _ } -> Printf.sprintf "fragment %d %d %b" proto offset more
  | Error Silent -> "silent"
  | Error (Problem { code; pointer; of_group }) -> Printf.sprintf "problem %d %d %b" code pointer of_group

let test_headers () =
  let check what expected ~proto bytes =
    Alcotest.(check string) what expected (outcome (datagram ~proto (hex bytes ^ "hi")))
  in
  check "no extension" "17 hi" ~proto:17 "";
  check "hop-by-hop, padding" "17 hi" ~proto:0 "11 00 01 04 00 00 00 00";
  check "a router alert" "58 hi" ~proto:0 "3a 00 05 02 00 00 01 00";
  check "hop-by-hop, not first" "problem 1 40 false" ~proto:60 "00 00 01 04 00 00 00 00 11 00 01 04 00 00 00 00";
  check "an option to skip" "17 hi" ~proto:60 "11 00 1e 04 00 00 00 00";
  check "an option to drop for" "silent" ~proto:60 "11 00 5e 04 00 00 00 00";
  check "an option to complain of" "problem 2 42 true" ~proto:60 "11 00 9e 04 00 00 00 00";
  check "but not to a group" "problem 2 42 false" ~proto:60 "11 00 de 04 00 00 00 00";
  check "an option beyond its header" "silent" ~proto:60 "11 00 1e 05 00 00 00 00";
  check "a routing header that is done" "17 hi" ~proto:43 "11 00 00 00 00 00 00 00";
  check "one that is not" "problem 0 42 false" ~proto:43 "11 00 00 01 00 00 00 00";
  check "a fragment" "fragment 17 16 true" ~proto:44 "11 00 00 11 00 00 00 07";
  check "a datagram in one fragment" "17 hi" ~proto:44 "11 00 00 00 00 00 00 07";
  check "nothing follows" "59 hi" ~proto:59 "";
  check "cut short" "silent" ~proto:60 "11 01 01 04 00 00 00";
  let many n = String.concat "" (List.init n (fun i -> if i = n - 1 then "1100010400000000" else "3c00010400000000")) in
  check "eight extensions" "17 hi" ~proto:60 (many 8);
  check "nine" "silent" ~proto:60 (many 9);
  let long = datagram ~proto:17 "hi" in
  Cstruct.BE.set_uint16 long 4 3;
  Alcotest.(check string) "longer than it is" "silent" (outcome long);
  let padded = Cstruct.append (datagram ~proto:17 "hi") (Cstruct.create 4) in
  Alcotest.(check string) "padding of the frame" "17 hi" (outcome padded)

let test_never_raises =
  Property.case "no datagram raises" ~count:3000
    QCheck.(pair (string_of_size (Gen.int_bound 120)) (int_bound 255))
    (fun (bytes, proto) ->
      let buf = datagram ~proto bytes in
      ignore (outcome buf);
      ignore (Ipv6_wire.parse (Cstruct.of_string bytes));
      ignore (Ipv6_wire.parse_quoted buf);
      let message = Cstruct.of_string bytes in
      let addresses = 0 in
      if Cstruct.length message >= 8 then begin
        Cstruct.set_uint8 message 0 (128 + (proto land 15));
        Cstruct.set_uint8 message 1 0;
        Cstruct.BE.set_uint16 message 2 0;
        let sum = Inet_checksum.pseudo_header ~addresses ~proto:58 (Cstruct.length message) in
        Cstruct.BE.set_uint16 message 2 (Inet_checksum.finish (Inet_checksum.add sum message))
      end;
      ignore (Icmpv6_wire.parse ~addresses message);
      true)

(* {1 What a host knows} *)

type host = { host : Ipv6_host.t; mutable now : float }

let create () =
  { host = Ipv6_host.create ~mac:(mac 1) ~secret:"" ~random:(fun () -> 0.5); now = 0. }

let describe (action : Ipv6_host.action) =
  match action with
  | Solicit ip -> "solicit " ^ show ip
  | Solicit_routers -> "solicit routers"
  | Join ip -> "join " ^ show ip
  | Leave ip -> "leave " ^ show ip
  | Assigned ip -> "assigned " ^ show ip
  | Withdrawn ip -> "withdrawn " ^ show ip
  | Duplicate ip -> "duplicate " ^ show ip
  | Ask_dhcp -> "ask dhcp"
  | Names { servers; domains } -> String.concat " " (("names" :: List.map show servers) @ domains)

(* What happens until [at]. *)
let rec until h at =
  let next = Ipv6_host.next h.host in
  if next > at then begin
    h.now <- at;
    []
  end
  else begin
    h.now <- next;
    let actions = List.map describe (Ipv6_host.tick h.host ~now:next) in
    actions @ until h at
  end

let check_actions = Alcotest.(check (list string))

let test_duplicate_detection () =
  let h = create () in
  let added = Ipv6_host.add h.host ~now:0. dst ~length:64 in
  check_actions "joins" [ "join ff02::1:ff00:2" ] (List.map describe added);
  Alcotest.(check bool) "not usable" false (Ipv6_host.owns h.host dst);
  check_actions "asks, then takes it" [ "solicit fd00::2"; "assigned fd00::2" ] (until h 10.);
  Alcotest.(check bool) "usable" true (Ipv6_host.owns h.host dst);
  check_actions "too late" [] (List.map describe (Ipv6_host.claimed h.host ~now:10. dst));
  let h = create () in
  ignore (Ipv6_host.add h.host ~now:0. dst ~length:64);
  ignore (until h 1.);
  check_actions "somebody has it" [ "duplicate fd00::2"; "leave ff02::1:ff00:2" ]
    (List.map describe (Ipv6_host.claimed h.host ~now:1. dst));
  check_actions "and nothing follows" [] (until h 100.)

let test_link_local () =
  let h = create () in
  ignore (Ipv6_host.start h.host ~now:0.);
  let first = fst (List.hd (Ipv6_host.addresses h.host)) in
  Alcotest.(check bool) "of the link" true (Ipv6_address.is_link_local first);
  ignore (Ipv6_host.claimed h.host ~now:0.1 first);
  let second = fst (List.hd (Ipv6_host.addresses h.host)) in
  Alcotest.(check bool) "another" false (Ipv6_address.equal first second);
  ignore (Ipv6_host.claimed h.host ~now:0.2 second);
  ignore (Ipv6_host.claimed h.host ~now:0.2 (fst (List.hd (Ipv6_host.addresses h.host))));
  ignore (Ipv6_host.claimed h.host ~now:0.2 (fst (List.hd (Ipv6_host.addresses h.host))));
  Alcotest.(check int) "gives up" 0 (List.length (Ipv6_host.addresses h.host))

let router = ip6 "fe80::1"

let prefix ?(valid = 4000.) ?(preferred = 2000.) ?(length = 64) text : Icmpv6_wire.prefix =
  { prefix = ip6 text; length; on_link = true; autonomous = true; valid; preferred }

let advertisement ?(lifetime = 1800.) ?mtu ?servers ?domains prefixes : Icmpv6_wire.advertisement =
  { hop_limit = 55; managed = false; other = false; lifetime; reachable = 0; retransmit = 0; mac = None; mtu; prefixes; servers; domains }

let advertise h a = List.map describe (Ipv6_host.advertised h.host ~now:h.now ~router a)
let standing h = List.map (fun (_, s) -> s) (Ipv6_host.addresses h.host)

let test_slaac () =
  let h = create () in
  check_actions "not asked for" [] (advertise h (advertisement [ prefix "2001:db8::" ]));
  Alcotest.(check int) "no gateway" 0 (List.length (Ipv6_host.gateways h.host));
  Ipv6_host.use_slaac h.host ~now:0.;
  check_actions "asks three times" [ "solicit routers"; "solicit routers"; "solicit routers" ] (until h 20.);
  let joined = advertise h (advertisement ~mtu:1400 [ prefix "2001:db8::"; prefix "fe80::"; prefix ~length:56 "2001:db8:1::" ]) in
  Alcotest.(check int) "one address" 1 (List.length joined);
  Alcotest.(check (list address)) "gateway" [ router ] (Ipv6_host.gateways h.host);
  Alcotest.(check int) "MTU" 1400 (Ipv6_host.mtu h.host);
  Alcotest.(check int) "hop limit" 55 (Ipv6_host.hop_limit h.host);
  let own = fst (List.hd (Ipv6_host.addresses h.host)) in
  Alcotest.(check bool) "in the network" true (Ipv6_address.in_network own ~prefix:(ip6 "2001:db8::") ~length:64);
  check_actions "tried" [ "solicit " ^ show own; "assigned " ^ show own ] (until h 30.);
  Alcotest.(check bool) "on link" true (Ipv6_host.is_on_link h.host (ip6 "2001:db8::7"));
  Alcotest.(check bool) "not on link" false (Ipv6_host.is_on_link h.host (ip6 "2001:db9::7"));
  ignore (until h 1900.);
  Alcotest.(check int) "the router is gone" 0 (List.length (Ipv6_host.gateways h.host));
  ignore (until h 2100.);
  Alcotest.(check bool) "deprecated" true (standing h = [ Deprecated ]);
  ignore (advertise h (advertisement [ prefix "2001:db8::" ]));
  Alcotest.(check bool) "preferred again" true (standing h = [ Preferred ]);
  ignore (advertise h (advertisement ~lifetime:0. [ prefix ~valid:1. ~preferred:1. "2001:db8::" ]));
  let actions = until h 10_000. in
  Alcotest.(check bool) "gone in the end, not at once" true (List.mem ("withdrawn " ^ show own) actions);
  Alcotest.(check int) "no address" 0 (List.length (Ipv6_host.addresses h.host))

let test_advertisements_are_bounded () =
  let h = create () in
  Ipv6_host.use_slaac h.host ~now:0.;
  for i = 0 to 999 do
    let prefixes = List.init 20 (fun j -> prefix (Printf.sprintf "2001:db8:%x:%x::" i j)) in
    let router = ip6 (Printf.sprintf "fe80::%x" (i + 1)) in
    ignore (Ipv6_host.advertised h.host ~now:0. ~router (advertisement prefixes))
  done;
  Alcotest.(check bool) "addresses" true (List.length (Ipv6_host.addresses h.host) <= 16);
  Alcotest.(check bool) "routers" true (List.length (Ipv6_host.gateways h.host) <= 8);
  ignore (advertise h (advertisement ~mtu:600 []));
  Alcotest.(check int) "an MTU that is too small" 1500 (Ipv6_host.mtu h.host)

let test_names () =
  let h = create () in
  Ipv6_host.use_slaac h.host ~now:0.;
  let a = advertisement ~servers:([ ip6 "fd00::53" ], 600.) ~domains:([ "example.org" ], 900.) [] in
  check_actions "told" [ "names fd00::53 example.org" ] (advertise h a);
  check_actions "once" [] (advertise h a);
  Alcotest.(check bool) "forgotten" true (List.mem "names" (until h 700.))

(* {1 DHCPv6} *)

let test_stateless_dhcp () =
  let random = ref 0 in
  let next n = incr random; !random * 7919 mod n in
  let m = Dhcpv6_machine.create ~mac:(mac 1) ~random:next in
  Alcotest.(check bool) "a delay" true (Dhcpv6_machine.wait m < 1.);
  let m, first = Dhcpv6_machine.timeout m in
  Alcotest.(check string) "client, elapsed, wanted" "0001000a00030001020000000001" (String.concat "" (List.map (fun c -> Printf.sprintf "%02x" (Char.code c)) (List.of_seq (String.to_seq (Cstruct.to_string first ~off:4 ~len:14)))));
  let m, second = Dhcpv6_machine.timeout m in
  Alcotest.(check string) "the same transaction" (Cstruct.to_string first ~len:4) (Cstruct.to_string second ~len:4);
  Alcotest.(check bool) "later and later" true (Dhcpv6_machine.wait m > 1.7 && Dhcpv6_machine.wait m < 2.5);
  let u16 n = Printf.sprintf "%c%c" (Char.chr (n lsr 8)) (Char.chr (n land 255)) in
  let option code value = u16 code ^ u16 (String.length value) ^ value in
  let identifier = hex "0003 0001" ^ Macaddr.to_octets (mac 1) in
  let answer ?(client = identifier) ?(more = "") ?(xid = Cstruct.to_string second ~off:1 ~len:3) () =
    Cstruct.of_string
      ("\007" ^ xid ^ option 1 client ^ option 2 "server"
      ^ option 23 (Ipaddr.V6.to_octets (ip6 "fd00::53") ^ Ipaddr.V6.to_octets (ip6 "ff02::1"))
      ^ option 24 "\007example\003org\000" ^ option 32 "\000\000\007\008" ^ more)
  in
  let ignored what payload = Alcotest.(check bool) what true (Dhcpv6_machine.receive m payload = None) in
  ignored "another client's" (answer ~client:(identifier ^ "x") ());
  ignored "another transaction" (answer ~xid:"abc" ());
  ignored "a failure" (answer ~more:(option 13 "\000\001") ());
  ignored "cut short" (Cstruct.sub (answer ()) 0 50);
  match Dhcpv6_machine.receive m (answer ()) with
  | None -> Alcotest.fail "not taken"
  | Some (m, { servers; domains; _ }) ->
    Alcotest.(check (list address)) "servers" [ ip6 "fd00::53" ] servers;
    Alcotest.(check (list string)) "domains" [ "example.org" ] domains;
    Alcotest.(check (float 0.)) "asks again" 1800. (Dhcpv6_machine.wait m);
    ignored "twice" (Cstruct.empty)

(* {1 Neighbours} *)

let neighbour = ip6 "fd00::7"
let known t ~now = match Neighbours.find t ~now neighbour with Known m | Doubtful m -> Some m | Unknown -> None

let test_neighbours () =
  let t = Neighbours.create () in
  Alcotest.(check bool) "unknown" true (known t ~now:0. = None);
  Alcotest.(check bool) "asks" true (Neighbours.wait t ~now:0. neighbour 1 = `Ask);
  Alcotest.(check bool) "once" true (Neighbours.wait t ~now:0. neighbour 2 = `Asked);
  let advertise ?(solicited = true) ?(override = true) ~now m =
    Neighbours.advertises t ~now neighbour ~solicited ~override (Some m)
  in
  Alcotest.(check bool) "both go" true (advertise ~now:0.1 (mac 7) = Some ([ 1; 2 ], mac 7));
  Alcotest.(check bool) "known" true (known t ~now:20. = Some (mac 7));
  Alcotest.(check bool) "no override" true (advertise ~override:false ~now:21. (mac 8) = None && known t ~now:21. = Some (mac 7));
  ignore (advertise ~now:22. (mac 8));
  Alcotest.(check bool) "override" true (known t ~now:22. = Some (mac 8));
  (match Neighbours.find t ~now:100. neighbour with
   | Doubtful _ -> ()
   | Known _ | Unknown -> Alcotest.fail "not doubtful");
  let probes = ref 0 and at = ref (Neighbours.next t) in
  while Neighbours.size t > 0 do
    List.iter (function Neighbours.Probe _ -> incr probes | Ask _ | Lost _ -> ()) (Neighbours.tick t ~now:!at);
    at := Neighbours.next t
  done;
  Alcotest.(check int) "probed, then forgotten" 3 !probes

let test_neighbours_are_bounded () =
  let t = Neighbours.create () in
  let nth n = ip6 (Printf.sprintf "fd00::1:%x" n) in
  for n = 1 to 5000 do
    ignore (Neighbours.speaks t ~now:(float_of_int n) (nth n) (mac 7))
  done;
  Alcotest.(check int) "speakers" 1024 (Neighbours.size t);
  let full = ref 0 in
  for n = 10_000 to 11_000 do
    if Neighbours.wait t ~now:5000. (nth n) () = `Full then incr full
  done;
  Alcotest.(check int) "questions" (1001 - 256) !full;
  let lost = ref 0 in
  for second = 1 to 4 do
    List.iter (function Neighbours.Lost (_, w) -> lost := !lost + List.length w | Ask _ | Probe _ -> ())
      (Neighbours.tick t ~now:(5000. +. float_of_int second))
  done;
  Alcotest.(check int) "all are told" 256 !lost

let test_listeners () =
  let t = Listeners.create ~random:(fun () -> 0.5) in
  let group = ip6 "ff02::1:ff00:2" in
  Alcotest.(check bool) "joins" true (Listeners.join t ~now:0. group = [ Report (Begins, [ group ]) ]);
  Alcotest.(check bool) "once" true (Listeners.join t ~now:0. group = []);
  Alcotest.(check bool) "hears it" true (Listeners.hears t group && Listeners.hears t Ipv6_address.all_nodes);
  Alcotest.(check bool) "again" true (Listeners.tick t ~now:0.5 = [ Report (Begins, [ group ]) ]);
  Listeners.queried t ~now:10. ~group:Ipv6_address.unspecified ~delay:10. ~version:2;
  Alcotest.(check (float 0.)) "answers in time" 15. (Listeners.next t);
  Alcotest.(check bool) "answers" true (Listeners.tick t ~now:15. = [ Report (Listens, [ group ]) ]);
  Listeners.queried t ~now:20. ~group:(ip6 "ff02::9") ~delay:10. ~version:2;
  Alcotest.(check (float 0.)) "of another group" infinity (Listeners.next t);
  Listeners.queried t ~now:20. ~group ~delay:0. ~version:1;
  Alcotest.(check bool) "an older router" true (Listeners.tick t ~now:20. = [ Report_v1 group ]);
  Alcotest.(check bool) "leaves" true (Listeners.leave t group = [ Report (Leaves, [ group ]) ])

let test_path_mtu () =
  let t = Path_mtu.create () in
  let get now = Path_mtu.get t ~now dst ~link:1500 in
  Path_mtu.reduce t ~now:0. dst 1400;
  Path_mtu.reduce t ~now:0. dst 600;
  Alcotest.(check int) "less than 1280 is no path" 1400 (get 1.);
  Alcotest.(check int) "for ten minutes" 1500 (get 601.);
  for n = 1 to 1000 do
    Path_mtu.reduce t ~now:(float_of_int n) (ip6 (Printf.sprintf "fd00::%x" n)) 1300
  done;
  Alcotest.(check int) "bounded" 1500 (Path_mtu.get t ~now:10. (ip6 "fd00::1") ~link:1500);
  Alcotest.(check int) "the last is there" 1300 (Path_mtu.get t ~now:1000. (ip6 "fd00::3e8") ~link:1500)

(* {1 Whole stacks} *)

module I6 = Ipv6.Make (E) (Time) (Clock)
module D = Tcpip_stack_v4v6.Make (Console) (Time) (Clock) (Rand) (Netif) (E) (I) (I6)

let open_dual name ~v4 ~v6 =
  let interface = ok (run (Netif.connect name)) in
  let mode =
    {
      V1_LWT.ipv4 = `IPv4 (ip v4, netmask, []);
      ipv6 = { V1_LWT.addresses = [ (ip6 v6, 64) ]; gateways = []; slaac = false };
    }
  in
  let stack = ok (run (D.connect { V1_LWT.name; console = name; interface; mode })) in
  belongings := (fun () -> Lwt.async (fun () -> D.disconnect stack)) :: !belongings;
  stack

let two_dual ?offload () =
  reset ();
  let hub = Netif.new_hub ?offload () in
  let a = open_dual "a" ~v4:"10.0.0.1" ~v6:"fd00::1" in
  let b = open_dual "b" ~v4:"10.0.0.2" ~v6:"fd00::2" in
  elapse 3.;
  (hub, a, b)

open Lwt.Infix

let rec read_all flow got =
  D.TCPV4.read flow >>= function
  | `Ok data -> read_all flow (got ^ Cstruct.to_string data)
  | `Eof | `Error _ -> Lwt.return got

let test_connections ?offload () =
  let hub, a, b = two_dual ?offload () in
  let longest = ref 0 in
  let lost = ref 0 in
  (* Each hundredth frame is lost. *)
  hub.fate <-
    (fun frame ->
      if Net_offload.is_ipv6 frame then longest := Int.max !longest (Cstruct.length frame);
      incr lost;
      if !lost mod 100 = 0 then [] else [ delay ]);
  let text = String.init 500_000 (fun i -> Char.chr (i * 7 / 3 land 0xff)) in
  let peers = ref [] in
  D.listen_tcp b ~port:80 (fun flow ->
      peers := Ipaddr.to_string (fst (D.get_dest flow)) :: !peers;
      D.TCPV4.write flow (Cstruct.of_string text) >>= fun () -> D.TCPV4.close flow);
  let fetch dst =
    let flow = ok (run (D.create_connection a (Ipaddr.of_string_exn dst, 80))) in
    run (read_all flow "")
  in
  Alcotest.(check bool) "by IPv6" true (fetch "fd00::2" = text);
  Alcotest.(check bool) "in large segments" (offload = Some true) (!longest > 1514);
  Alcotest.(check bool) "by IPv4" true (fetch "10.0.0.2" = text);
  Alcotest.(check (list string)) "peers" [ "10.0.0.1"; "fd00::1" ] !peers

let test_listeners_of_one_version () =
  let _, a, b = two_dual () in
  let told = ref [] in
  let callback name flow =
    told := name :: !told;
    D.TCPV4.close flow
  in
  D.listen_tcpv4 b ~port:4 (callback "four");
  D.listen_tcpv6 b ~port:6 (callback "six");
  let connect dst port =
    match run (D.create_connection a (Ipaddr.of_string_exn dst, port)) with
    | `Ok _ -> "connected"
    | `Error `Refused -> "refused"
    | `Error _ -> "failed"
  in
  Alcotest.(check (list string)) "each hears its own" [ "connected"; "refused"; "refused"; "connected" ]
    [ connect "10.0.0.2" 4; connect "fd00::2" 4; connect "10.0.0.2" 6; connect "fd00::2" 6 ];
  elapse 1.;
  Alcotest.(check (list string)) "told" [ "four"; "six" ] (List.sort compare !told);
  Alcotest.(check string) "nobody there" "failed" (connect "fd00::77" 6);
  Alcotest.(check string) "no way" "failed" (connect "2001:db8::1" 6)

let test_datagrams () =
  let _, a, b = two_dual () in
  let got = ref [] in
  D.listen_udp b ~port:9 (fun ~src ~dst:_ ~src_port:_ data ->
      got := (Ipaddr.to_string src, Cstruct.length data) :: !got;
      Lwt.return_unit);
  let send dst n = run (D.write_udp ~source_port:1 ~dest_ip:(Ipaddr.of_string_exn dst) ~dest_port:9 a (Cstruct.create n)) in
  send "fd00::2" 10;
  send "10.0.0.2" 20;
  send "fd00::2" 65_527;
  elapse 1.;
  Alcotest.(check (list (pair string int))) "arrived" [ ("fd00::1", 65_527); ("10.0.0.1", 20); ("fd00::1", 10) ] !got;
  Alcotest.check_raises "too long" (Invalid_argument "UDP: longer than 65527 octets") (fun () -> send "fd00::2" 65_528)

(* A stack and a station that makes its frames by hand. *)
let scene () =
  reset ();
  ignore (Netif.new_hub ());
  let stack = open_dual "stack" ~v4:"10.0.0.2" ~v6:"fd00::2" in
  let netif, frames = station () in
  elapse 3.;
  Queue.clear frames;
  (stack, netif, frames)

let send netif ?(to_ = mac 1) datagram =
  let frame = Cstruct.create 14 in
  Ethernet_wire.write frame ~dst:to_ ~src:(mac 2) Ethernet_wire.ethertype_ipv6;
  run (Netif.write netif (Cstruct.append frame datagram))

let icmp ?(src = src) ?(dst = dst) ?hop_limit ~room fill =
  let buf = Cstruct.create room in
  let length = fill buf ~addresses:(Inet_checksum.addresses6 ~src ~dst) in
  datagram ~src ~dst ?hop_limit ~proto:58 (Cstruct.to_string (Cstruct.sub buf 0 length))

(* The ICMPv6 messages that came until 10 ms from now. *)
let messages frames =
  elapse 0.01;
  let all = List.of_seq (Queue.to_seq frames) in
  Queue.clear frames;
  List.filter_map
    (fun frame ->
      if Ethernet_wire.get_ethertype frame <> Ethernet_wire.ethertype_ipv6 then None
      else
        match Ipv6_wire.parse (Cstruct.shift frame 14) with
        | Ok { src; dst; content = Whole { proto = 58; payload; _ }; _ } ->
          Icmpv6_wire.parse ~addresses:(Inet_checksum.addresses6 ~src ~dst) payload
        | Ok _ | Error _ -> None)
    all

let solicit ?src ?hop_limit ?(from_mac = Some (mac 2)) netif target =
  let dst = Ipv6_address.solicited_node target in
  send netif ~to_:(Ipv6_address.multicast_mac dst)
    (icmp ?src ~dst ~hop_limit:(Option.value hop_limit ~default:255) ~room:32
       (Icmpv6_wire.write_neighbour_solicitation ~target ~mac:from_mac))

let advertisements list =
  List.filter (function Icmpv6_wire.Neighbour_advertisement _ -> true | _ -> false) list

let count what expected list = Alcotest.(check int) what expected (List.length list)

let test_discovery () =
  let _, netif, frames = scene () in
  solicit netif dst;
  count "answered" 1 (advertisements (messages frames));
  solicit netif ~hop_limit:254 dst;
  count "not from behind a router" 0 (messages frames);
  solicit netif (ip6 "fd00::3");
  count "not for others" 0 (messages frames);
  solicit netif ~src:Ipv6_address.unspecified ~from_mac:None dst;
  count "who tries the address is told" 1 (advertisements (messages frames));
  solicit netif ~src:Ipv6_address.unspecified dst;
  count "but not with an option" 0 (messages frames)

let echo ?src ?dst () =
  icmp ?src ?dst ~room:16 (fun buf ~addresses ->
      let length = Icmpv6_wire.write_echo_reply buf ~addresses ~id:1 ~sequence:2 (Cstruct.create 8) in
      (* A request differs from a reply in its type alone. *)
      Cstruct.set_uint8 buf 0 128;
      let sum = Cstruct.BE.get_uint16 buf 2 in
      Cstruct.BE.set_uint16 buf 2 (sum + 0x100);
      length + 8)

let test_echo () =
  let _, netif, frames = scene () in
  solicit netif dst;
  ignore (messages frames);
  let replies datagram =
    send netif datagram;
    List.filter (function Icmpv6_wire.Echo_reply { id = 1; sequence = 2; _ } -> true | _ -> false) (messages frames)
  in
  count "answered" 1 (replies (echo ()));
  List.iter
    (fun text -> count ("from " ^ text) 0 (replies (echo ~src:(ip6 text) ())))
    [ "::"; "::1"; "ff02::1"; "::ffff:10.0.0.9"; "fd00::2" ];
  count "to a group" 0 (replies (echo ~dst:Ipv6_address.all_nodes ()));
  count "to another" 0 (replies (echo ~dst:(ip6 "fd00::3") ()))

let problems frames =
  List.filter_map
    (function
      | Icmpv6_wire.Error (Parameter { code; pointer }, _) -> Some (code, pointer)
      | _ -> None)
    (messages frames)

let test_complaints () =
  let _, netif, frames = scene () in
  solicit netif dst;
  ignore (messages frames);
  let check what expected datagram =
    send netif datagram;
    Alcotest.(check (list (pair int int))) what expected (problems frames)
  in
  let option = hex "11 00 9e 04 00 00 00 00" in
  check "an unknown protocol" [ (1, 6) ] (datagram ~proto:200 "hi");
  check "an unknown option" [ (2, 42) ] (datagram ~proto:60 option);
  check "in a group" [ (2, 42) ] (datagram ~dst:Ipv6_address.all_nodes ~proto:60 option);
  check "a protocol in a group" [] (datagram ~dst:Ipv6_address.all_nodes ~proto:200 "hi");
  check "from nowhere" [] (datagram ~src:Ipv6_address.unspecified ~proto:200 "hi");
  for _ = 1 to 500 do
    send netif (datagram ~proto:200 "hi")
  done;
  Alcotest.(check bool) "limited" true (List.length (problems frames) <= 101)

let test_port_unreachable () =
  let _, netif, frames = scene () in
  solicit netif dst;
  ignore (messages frames);
  let header = Cstruct.create 8 in
  let udp addresses =
    Udp_wire.write header ~addresses ~src_port:5 ~dst_port:6 (Cstruct.of_string "hi");
    datagram ~proto:17 (Cstruct.to_string header ^ "hi")
  in
  let unreachable = List.filter (function Icmpv6_wire.Error (Unreachable 4, _) -> true | _ -> false) in
  send netif (udp (Inet_checksum.addresses6 ~src ~dst));
  count "told" 1 (unreachable (messages frames));
  send netif (udp 0);
  count "a wrong checksum" 0 (messages frames);
  Cstruct.BE.set_uint16 header 6 0;
  send netif (datagram ~proto:17 (Cstruct.to_string header ^ "hi"));
  count "none" 0 (messages frames)

(* Datagrams of whatever kind on a stack that listens to routers; ICMPv6 with a right checksum,
   so that it is looked at. *)
let anything_is_survived =
  let slaac_scene () =
    let stack, netif, frames = scene () in
    run (I6.use_slaac (D.ipv6 stack));
    (stack, netif, frames)
  in
  let kinds = [| 1; 2; 3; 4; 128; 129; 130; 131; 133; 134; 135; 136; 137; 143 |] in
  Property.case "datagrams of whatever kind are survived" ~count:1000
    QCheck.(
      make
        ~print:(fun ((a, b), (c, d)) -> Printf.sprintf "%d %d %d %S" a b c d)
        Gen.(pair (pair (int_bound 5) (int_bound 255)) (pair (int_bound 255) (string_size (int_bound 200)))))
    (let world = lazy (slaac_scene ()) in
     fun ((kind, proto), (seed, text)) ->
       let stack, netif, frames = Lazy.force world in
       let group = Ipv6_address.solicited_node dst in
       let to_ = if seed land 1 = 0 then dst else if seed land 2 = 0 then group else Ipv6_address.all_nodes in
       let src =
         match seed lsr 5 with
         | 0 -> Ipv6_address.unspecified
         | 1 -> dst
         | 2 | 3 -> ip6 (Printf.sprintf "fe80::%x" (1 + proto))
         | _ -> ip6 (Printf.sprintf "fd00::%x" (16 + proto))
       in
       let octets = Bytes.of_string text in
       let head = Cstruct.create 8 in
       let proto, payload =
         match kind with
         | 0 -> (proto, text)
         | 1 -> (44, Printf.sprintf "\058\000%c%c\000\000\000%c%s" (Char.chr (seed land 7)) (Char.chr proto) (Char.chr (seed land 3)) text)
         | 2 -> ([| 0; 43; 60; 60 |].(seed land 3), text)
         | _ when Bytes.length octets >= 8 ->
           Bytes.set_uint8 octets 0 kinds.(proto mod Array.length kinds);
           if seed land 4 = 0 then Bytes.set_uint8 octets 1 0;
           Bytes.set_uint16_be octets 2 0;
           let message = Cstruct.of_bytes octets in
           let addresses = Inet_checksum.addresses6 ~src ~dst:to_ in
           let sum = Inet_checksum.pseudo_header ~addresses ~proto:58 (Cstruct.length message) in
           Cstruct.BE.set_uint16 message 2 (Inet_checksum.finish (Inet_checksum.add sum message));
           (58, Cstruct.to_string message)
         | _ ->
           Udp_wire.write head ~addresses:(Inet_checksum.addresses6 ~src ~dst:to_) ~src_port:1 ~dst_port:proto (Cstruct.of_string text);
           (17, Cstruct.to_string head ^ text)
       in
       send netif
         ~to_:(if Ipv6_address.is_multicast to_ then Ipv6_address.multicast_mac to_ else mac 1)
         (datagram ~src ~dst:to_ ~hop_limit:(if seed land 8 = 0 then 64 else 255) ~proto payload);
       elapse 0.01;
       Queue.clear frames;
       let addresses = I6.get_ipv6 (D.ipv6 stack) in
       List.length addresses <= 16 && List.exists (Ipv6_address.equal dst) addresses)

let case name f = Alcotest.test_case name `Quick f

let suite =
  [
    case "addresses" test_addresses;
    case "source addresses (RFC 6724)" test_source;
    case "headers" test_headers;
    test_never_raises;
    case "duplicate addresses" test_duplicate_detection;
    case "the address of the link" test_link_local;
    case "addresses of routers' prefixes" test_slaac;
    case "advertisements are bounded" test_advertisements_are_bounded;
    case "names of routers" test_names;
    case "stateless DHCPv6" test_stateless_dhcp;
    case "neighbours" test_neighbours;
    case "neighbours are bounded" test_neighbours_are_bounded;
    case "groups" test_listeners;
    case "path MTU" test_path_mtu;
    case "connections of both versions" (fun () -> test_connections ());
    case "an interface that cuts segments" (fun () -> test_connections ~offload:true ());
    case "listeners of one version" test_listeners_of_one_version;
    case "datagrams of both versions" test_datagrams;
    case "questions of neighbours" test_discovery;
    case "echo" test_echo;
    case "complaints" test_complaints;
    case "port unreachable" test_port_unreachable;
    anything_is_survived;
  ]
