(* SPDX-License-Identifier: ISC *)

(* ARP, IPv4, ICMP and UDP of a stack, seen by a station that makes its frames
   by hand. The stack is 10.0.0.2, the station 10.0.0.9. *)

open World

let own = ip "10.0.0.2"
let peer = ip "10.0.0.9"

type scene = { stack : S.t; netif : Netif.t; frames : Cstruct.t Queue.t }

let scene ?mode () =
  reset ();
  ignore (Netif.new_hub ());
  let stack = ok (run (open_stack ?mode "stack")) in
  let netif, frames = station () in
  elapse 0.01;
  { stack; netif; frames }

let stack_mac = Macaddr.of_octets_exn "\002\000\000\000\000\001"
let send scene frame = run (Netif.write scene.netif frame)

(* The frames that have come until 10 ms from now. *)
let taken frames =
  elapse 0.01;
  let all = List.of_seq (Queue.to_seq frames) in
  Queue.clear frames;
  all

let received scene = taken scene.frames

let ethertype frame = Ethernet_wire.get_ethertype frame
let payload frame = Cstruct.shift frame Ethernet_wire.length

let arp_messages frames =
  List.filter_map
    (fun f -> if ethertype f = Ethernet_wire.ethertype_arp then Arp_wire.parse (payload f) else None)
    frames

let datagrams frames =
  List.filter_map
    (fun f -> if ethertype f = Ethernet_wire.ethertype_ipv4 then Ipv4_wire.parse (payload f) else None)
    frames

let arp ?(operation = Arp_wire.Request) ?(sender_ip = peer) ?(target_ip = own) scene =
  let sender_mac = Netif.mac scene.netif in
  let message =
    { Arp_wire.operation; sender_mac; sender_ip; target_mac = stack_mac; target_ip }
  in
  send scene (Arp_wire.frame ~dst:Macaddr.broadcast message)

let datagram ?(src = peer) ?(dst = own) ?(offset = 0) ?(more = false) ?(id = 7)
    ?(dst_mac = stack_mac) scene ~proto payload =
  let header = Cstruct.create 34 in
  Ethernet_wire.write header ~dst:dst_mac ~src:(Netif.mac scene.netif)
    Ethernet_wire.ethertype_ipv4;
  let h = Cstruct.shift header 14 in
  Ipv4_wire.write h ~src ~dst ~proto ~dont_fragment:false;
  Ipv4_wire.set_fragment h ~offset ~more;
  Ipv4_wire.complete h ~id ~total_length:(20 + Cstruct.length payload);
  send scene (Cstruct.append header payload)

let count what expected list = Alcotest.(check int) what expected (List.length list)

(* {1 ARP} *)

let test_arp_reply () =
  let s = scene () in
  arp s;
  match arp_messages (received s) with
  | [ m ] ->
    Alcotest.(check bool) "reply" true (m.operation = Reply);
    Alcotest.(check string) "own address" "10.0.0.2" (Ipaddr.V4.to_string m.sender_ip);
    Alcotest.(check bool) "own mac" true (Macaddr.compare m.sender_mac stack_mac = 0)
  | _ -> Alcotest.fail "not one reply"

let test_arp_others () =
  let s = scene () in
  arp s ~target_ip:(ip "10.0.0.3");
  arp s ~operation:Reply;
  count "no answer" 0 (received s);
  arp s ~sender_ip:Ipaddr.V4.any;
  count "a probe is answered" 1 (arp_messages (received s))

let test_announcement () =
  reset ();
  ignore (Netif.new_hub ());
  let _, frames = station () in
  ignore (ok (run (open_stack "stack")));
  match arp_messages (taken frames) with
  | [ m ] ->
    Alcotest.(check bool) "gratuitous" true (Ipaddr.V4.compare m.sender_ip m.target_ip = 0)
  | _ -> Alcotest.fail "not announced"

let udp_to s ?(dst = peer) text =
  U.write ~source_port:5 ~dest_ip:dst ~dest_port:6 (S.udpv4 s.stack) (Cstruct.of_string text)

let test_arp_query () =
  let s = scene () in
  let first = udp_to s "one" and second = udp_to s "two" in
  let frames = received s in
  count "asked once" 1 (arp_messages frames);
  count "nothing sent yet" 0 (datagrams frames);
  arp s ~operation:Reply;
  count "both go" 2 (datagrams (received s));
  run first;
  run second;
  run (udp_to s "three");
  let frames = received s in
  count "known now" 0 (arp_messages frames);
  count "sent" 1 (datagrams frames)

let test_arp_no_answer () =
  let s = scene () in
  let sent = udp_to s "lost" in
  elapse 10.;
  count "three times" 3 (arp_messages (received s));
  run sent;
  Alcotest.check_raises "fails" (Arpv4.No_answer peer) (fun () ->
      let ethif = I.id (S.ipv4 s.stack) in
      ignore (run (E.query_arpv4 ethif peer)))

let test_arp_ageing () =
  let s = scene () in
  arp s;
  ignore (received s);
  elapse 80.;
  run (udp_to s "x");
  let frames = received s in
  count "used" 1 (datagrams frames);
  count "and asked for again" 1 (arp_messages frames);
  elapse 120.;
  let later = udp_to s "x" in
  count "forgotten" 0 (datagrams (received s));
  arp s ~operation:Reply;
  run later

let test_arp_unasked () =
  let s = scene () in
  arp s ~operation:Reply ~sender_ip:(ip "10.0.0.77");
  ignore (received s);
  let sent = udp_to s ~dst:(ip "10.0.0.77") "x" in
  count "an unasked reply is not believed" 0 (datagrams (received s));
  elapse 10.;
  run sent

let test_arp_flood () =
  let s = scene () in
  let sends = List.init 5000 (fun i -> udp_to s ~dst:(ip (Printf.sprintf "10.0.0.%d" (i mod 200 + 20))) "x") in
  elapse 10.;
  List.iter run sends

(* {1 IPv4} *)

let udp_payload ?(src = peer) ?(dst = own) ?(src_port = 9) ~dst_port text =
  let data = Cstruct.of_string text in
  let header = Cstruct.create 8 in
  Udp_wire.write header ~addresses:(Inet_checksum.addresses ~src ~dst) ~src_port ~dst_port data;
  Cstruct.append header data

let listen s port =
  let got = Queue.create () in
  S.listen_udpv4 s.stack ~port (fun ~src ~dst:_ ~src_port data ->
      Queue.add (Ipaddr.V4.to_string src, src_port, Cstruct.to_string data) got;
      Lwt.return_unit);
  fun () ->
    elapse 0.01;
    let all = List.of_seq (Queue.to_seq got) in
    Queue.clear got;
    all

let got = Alcotest.(list (triple string int string))

let test_udp () =
  let s = scene () in
  let arrived = listen s 6 in
  datagram s ~proto:17 (udp_payload ~dst_port:6 "hello");
  Alcotest.(check got) "taken" [ ("10.0.0.9", 9, "hello") ] (arrived ());
  let broadcast = ip "10.0.0.255" in
  datagram s ~dst:broadcast ~dst_mac:Macaddr.broadcast ~proto:17
    (udp_payload ~dst:broadcast ~dst_port:6 "all");
  Alcotest.(check got) "broadcast" [ ("10.0.0.9", 9, "all") ] (arrived ());
  let other = ip "10.0.0.3" in
  datagram s ~dst:other ~proto:17 (udp_payload ~dst:other ~dst_port:6 "other");
  Alcotest.(check got) "another host's" [] (arrived ());
  let damaged = udp_payload ~dst_port:6 "damaged" in
  Cstruct.set_char damaged 10 'x';
  datagram s ~proto:17 damaged;
  Alcotest.(check got) "damaged" [] (arrived ());
  datagram s ~src:own ~proto:17 (udp_payload ~src:own ~dst_port:6 "spoofed");
  Alcotest.(check got) "from ourselves" [] (arrived ())

let test_other_mac () =
  let s = scene () in
  let arrived = listen s 6 in
  datagram s ~dst_mac:(Macaddr.of_string_exn "02:00:00:00:00:99") ~proto:17
    (udp_payload ~dst_port:6 "x");
  Alcotest.(check got) "not for this interface" [] (arrived ())

let test_fragments () =
  let s = scene () in
  let arrived = listen s 6 in
  let text = String.init 4000 (fun i -> Char.chr (i land 0x7f)) in
  let whole = udp_payload ~dst_port:6 text in
  let part off len = Cstruct.sub whole off len in
  datagram s ~proto:17 ~offset:1480 ~more:true (part 1480 1480);
  datagram s ~proto:17 ~offset:2960 ~more:false (part 2960 1048);
  datagram s ~proto:17 ~offset:0 ~more:true (part 0 1480);
  Alcotest.(check got) "put together" [ ("10.0.0.9", 9, text) ] (arrived ())

let test_fragments_time_out () =
  let s = scene () in
  let arrived = listen s 6 in
  let whole = udp_payload ~dst_port:6 (String.make 2000 'x') in
  datagram s ~proto:17 ~more:true (Cstruct.sub whole 0 1480);
  elapse 40.;
  datagram s ~proto:17 ~offset:1480 (Cstruct.shift whole 1480);
  Alcotest.(check got) "too late" [] (arrived ())

let test_fragmentation () =
  let s = scene () in
  arp s;
  ignore (received s);
  let text = String.init 9000 (fun i -> Char.chr (i land 0x7f)) in
  run (udp_to s text);
  let fragments = datagrams (received s) in
  Alcotest.(check bool) "several" true (List.length fragments >= 6);
  let t = Ipv4_reassembly.create ~max_datagrams:4 ~max_octets:100_000 in
  let whole = List.filter_map (Ipv4_reassembly.insert t) fragments in
  match whole with
  | [ payload ] -> (
    match Udp_wire.parse ~addresses:(Inet_checksum.addresses ~src:own ~dst:peer) payload with
    | Some d -> Alcotest.(check bool) "same" true (Cstruct.to_string d.payload = text)
    | None -> Alcotest.fail "checksum")
  | _ -> Alcotest.fail "not one datagram"

let test_too_long () =
  let s = scene () in
  match run (udp_to s (String.make 65508 'x')) with
  | () -> Alcotest.fail "sent"
  | exception Invalid_argument _ -> ()

let test_routes () =
  let s = scene ~mode:(`IPv4 (own, netmask, [ ip "10.0.0.1"; peer ])) () in
  let sent = udp_to s ~dst:(ip "192.0.2.1") "x" in
  elapse 4.;
  (match arp_messages (received s) with
   | { target_ip; _ } :: _ ->
     Alcotest.(check string) "the first gateway" "10.0.0.1" (Ipaddr.V4.to_string target_ip)
   | [] -> Alcotest.fail "no gateway asked for");
  arp s ~operation:Reply;
  run sent;
  count "by the second" 1 (datagrams (received s));
  run (udp_to s ~dst:(ip "192.0.2.1") "x");
  let frames = received s in
  count "which is remembered" 0 (arp_messages frames);
  count "by the second" 1 (datagrams frames);
  let s = scene () in
  run (udp_to s ~dst:(ip "192.0.2.1") "x");
  count "no gateway" 0 (received s);
  run (udp_to s ~dst:Ipaddr.V4.broadcast "x");
  run (udp_to s ~dst:(ip "10.0.0.255") "x");
  let frames = received s in
  count "broadcasts" 2 (datagrams frames);
  List.iter
    (fun f -> Alcotest.(check string) "to all" "\xff\xff\xff\xff\xff\xff" (Cstruct.to_string f ~len:6))
    frames

let test_loopback () =
  let s = scene () in
  let arrived = listen s 6 in
  run (udp_to s ~dst:own "to myself");
  Alcotest.(check got) "comes back" [ ("10.0.0.2", 5, "to myself") ] (arrived ());
  count "not on the wire" 0 (datagrams (received s))

let test_frame_sent_twice () =
  let s = scene () in
  arp s;
  ignore (received s);
  let ipv4 = S.ipv4 s.stack in
  let frame, header = run (I.allocate_frame ~proto:`UDP ~dest_ip:peer ipv4) in
  let frame = Cstruct.sub frame 0 (header + 8) in
  let data = Cstruct.of_string "again" in
  Udp_wire.write (Cstruct.shift frame header) ~addresses:(Inet_checksum.addresses ~src:own ~dst:peer) ~src_port:1 ~dst_port:2 data;
  run (I.write ipv4 frame data);
  run (I.write ipv4 frame data);
  count "both sent" 2 (datagrams (received s));
  let next () = fst (run (I.allocate_frame ~proto:`UDP ~dest_ip:peer ipv4)) in
  let frames = List.init 100 (fun _ -> next ()) in
  let same (a : Cstruct.t) (b : Cstruct.t) = a.buffer == b.buffer && a.off = b.off in
  List.iter
    (fun f -> count "each frame is given once" 1 (List.filter (same f) frames))
    frames

(* {1 ICMP} *)

let echo_request data =
  let buf = Cstruct.create 8 in
  Cstruct.set_uint8 buf 0 8;
  Cstruct.BE.set_uint16 buf 4 0x1234;
  Cstruct.BE.set_uint16 buf 6 7;
  let message = Cstruct.append buf (Cstruct.of_string data) in
  Cstruct.BE.set_uint16 message 2 Inet_checksum.(finish (add 0 message));
  message

let test_echo () =
  let s = scene () in
  arp s;
  ignore (received s);
  datagram s ~proto:1 (echo_request "are you there");
  (match datagrams (received s) with
   | [ d ] -> (
     match Icmpv4_wire.parse d.payload with
     | Some (Echo_reply { id; sequence; data }) ->
       Alcotest.(check int) "id" 0x1234 id;
       Alcotest.(check int) "sequence" 7 sequence;
       Alcotest.(check string) "data" "are you there" (Cstruct.to_string data)
     | _ -> Alcotest.fail "no reply")
   | _ -> Alcotest.fail "not one datagram");
  datagram s ~dst:(ip "10.0.0.255") ~dst_mac:Macaddr.broadcast ~proto:1 (echo_request "all");
  count "not to broadcasts" 0 (received s);
  datagram s ~src:Ipaddr.V4.broadcast ~proto:1 (echo_request "spoofed");
  count "not to nobody" 0 (received s);
  let damaged = echo_request "damaged" in
  Cstruct.set_char damaged 9 'x';
  datagram s ~proto:1 damaged;
  count "not to damaged ones" 0 (received s)

let test_port_unreachable () =
  let s = scene () in
  arp s;
  ignore (received s);
  datagram s ~proto:17 (udp_payload ~dst_port:999 "anybody?");
  (match datagrams (received s) with
   | [ d ] -> (
     match Icmpv4_wire.parse d.payload with
     | Some (Unreachable (Port, quoted)) -> (
       match Ipv4_wire.parse_quoted quoted with
       | Some q ->
         Alcotest.(check string) "source" "10.0.0.9" (Ipaddr.V4.to_string q.src);
         Alcotest.(check int) "port" 999 (Cstruct.BE.get_uint16 q.payload 2)
       | None -> Alcotest.fail "no datagram quoted")
     | _ -> Alcotest.fail "no port unreachable")
   | _ -> Alcotest.fail "not one datagram");
  for _ = 1 to 300 do
    datagram s ~proto:17 (udp_payload ~dst_port:999 "anybody?")
  done;
  count "limited" 99 (datagrams (received s));
  elapse 2.;
  datagram s ~proto:17 (udp_payload ~dst_port:999 "anybody?");
  count "and again" 1 (datagrams (received s));
  datagram s ~dst:(ip "10.0.0.255") ~proto:17
    (udp_payload ~dst:(ip "10.0.0.255") ~dst_port:999 "anybody?");
  count "not for broadcasts" 0 (datagrams (received s))

let test_martians () =
  let s = scene () in
  let arrived = listen s 6 in
  let from text = datagram s ~src:(ip text) ~proto:17 (udp_payload ~src:(ip text) ~dst_port:6 "x") in
  List.iter from
    [ "0.0.0.0"; "0.1.2.3"; "127.0.0.1"; "224.0.0.1"; "239.9.9.9"; "240.0.0.1"; "255.255.255.255"; "10.0.0.255" ];
  Alcotest.(check got) "sources of no host" [] (arrived ());
  from "223.255.255.254";
  count "a host" 1 (arrived ());
  arp s ~sender_ip:(ip "10.0.0.66");
  let nobody = Macaddr.of_string_exn "00:00:00:00:00:00" in
  send s
    (Arp_wire.frame ~dst:Macaddr.broadcast
       { operation = Request; sender_mac = nobody; sender_ip = ip "10.0.0.67"; target_mac = stack_mac; target_ip = own });
  count "a station without an address" 1 (arp_messages (received s))

let with_options options =
  let header = Cstruct.create (34 + String.length options) in
  Ethernet_wire.write header ~dst:stack_mac ~src:(Macaddr.of_octets_exn "\002\000\000\000\000\002") Ethernet_wire.ethertype_ipv4;
  let payload = udp_payload ~dst_port:6 "x" in
  let h = Cstruct.shift header 14 in
  Ipv4_wire.write h ~src:peer ~dst:own ~proto:17 ~dont_fragment:false;
  Cstruct.blit_from_string options 0 h 20 (String.length options);
  Ipv4_wire.complete h ~id:7 ~total_length:(20 + String.length options + Cstruct.length payload);
  Cstruct.set_uint8 h 0 (0x40 lor (5 + (String.length options / 4)));
  Cstruct.BE.set_uint16 h 10 0;
  let sum = Inet_checksum.add 0 (Cstruct.sub h 0 (20 + String.length options)) in
  Cstruct.BE.set_uint16 h 10 (Inet_checksum.finish sum);
  Cstruct.append header payload

let test_options () =
  let s = scene () in
  let arrived = listen s 6 in
  let check what expected options =
    send s (with_options options);
    count what expected (arrived ())
  in
  check "no operation" 1 "\001\001\001\000";
  check "record route" 1 "\007\007\004\000\000\000\000\000";
  check "loose source route" 0 "\131\007\004\010\000\000\009\000";
  check "strict source route" 0 "\001\137\007\004\010\000\000\009";
  check "longer than the header" 0 "\007\009\004\000";
  check "no length" 0 "\001\001\001\007";
  check "a length of nothing" 0 "\007\000\004\000"

let test_protocol_unreachable () =
  let s = scene () in
  arp s;
  ignore (received s);
  let unreachable () =
    List.filter
      (fun (d : Ipv4_wire.t) ->
        match Icmpv4_wire.parse d.payload with Some (Unreachable (Protocol, _)) -> true | _ -> false)
      (datagrams (received s))
  in
  let text = Cstruct.of_string "nobody knows this" in
  datagram s ~proto:200 text;
  count "told" 1 (unreachable ());
  datagram s ~proto:2 text;
  datagram s ~dst:(ip "10.0.0.255") ~proto:200 text;
  count "not for groups' protocol, nor broadcasts" 0 (unreachable ());
  for _ = 1 to 300 do
    datagram s ~proto:200 text
  done;
  count "limited" 99 (unreachable ())

let test_defence () =
  let s = scene () in
  let claim () =
    arp s ~sender_ip:own ~target_ip:own;
    List.filter
      (fun (m : Arp_wire.t) -> Ipv4_address.equal m.sender_ip own && Ipv4_address.equal m.target_ip own)
      (arp_messages (received s))
  in
  count "defended" 1 (claim ());
  count "not again at once" 0 (claim ());
  elapse 11.;
  count "but later" 1 (claim ())

let test_counters () =
  let s = scene () in
  arp s;
  ignore (received s);
  let value name = List.assoc name (Net_counters.all ()) in
  let names = [ "IpInReceives"; "UdpNoPorts"; "UdpInErrors"; "IpInHdrErrors"; "IcmpOutMsgs" ] in
  let before = List.map value names in
  datagram s ~proto:17 (udp_payload ~dst_port:999 "anybody?");
  let damaged = udp_payload ~dst_port:6 "damaged" in
  Cstruct.set_char damaged 10 'x';
  datagram s ~proto:17 damaged;
  send s (with_options "\131\007\004\010\000\000\009\000");
  ignore (received s);
  Alcotest.(check (list int)) "counted" [ 3; 1; 1; 1; 1 ]
    (List.map2 (fun name before -> value name - before) names before);
  Alcotest.(check bool) "as text" true
    (List.exists (fun line -> String.length line > 11 && String.sub line 0 11 = "UdpNoPorts ")
       (String.split_on_char '\n' (Net_counters.to_text ())))

let test_capture () =
  let s = scene () in
  arp s;
  ignore (received s);
  let file = Buffer.create 1000 in
  Net_capture.start ~now:Clock.time ~write:(Buffer.add_string file) ~snap:60 ();
  datagram s ~proto:17 (udp_payload ~dst_port:999 "anybody?");
  ignore (received s);
  Net_capture.stop ();
  datagram s ~proto:17 (udp_payload ~dst_port:999 "anybody?");
  let file = Buffer.contents file in
  let word off = Int32.to_int (String.get_int32_le file off) in
  let rec blocks off =
    if off = String.length file then []
    else begin
      let length = word (off + 4) in
      Alcotest.(check int) "the length again" length (word (off + length - 4));
      (String.get_int32_le file off, String.sub file off length) :: blocks (off + length)
    end
  in
  let all = blocks 0 in
  Alcotest.(check (list int32)) "section, interface, a frame each way" [ 0x0A0D0D0Al; 1l; 6l; 6l ] (List.map fst all);
  let flags = List.filter_map (fun (kind, b) -> if kind = 6l then Some (String.get_int32_le b (String.length b - 12)) else None) all in
  Alcotest.(check (list int32)) "directions" [ 1l; 2l ] flags;
  let answer = snd (List.nth all 3) in
  Alcotest.(check int) "cut" 60 (Int32.to_int (String.get_int32_le answer 20));
  Net_capture.start ~now:Clock.time ~write:(fun _ -> failwith "full") ();
  Alcotest.(check bool) "ends where nothing can be written" false (Net_capture.is_running ());
  Alcotest.(check bool) "its length" true (String.get_int32_le answer 24 > 60l)

let anything_is_survived =
  Property.case "frames of whatever kind are survived" ~count:1000
    QCheck.(
      make
        ~print:(fun (a, b, c) -> Printf.sprintf "%d %d %S" a b c)
        Gen.(triple (int_bound 3) (int_bound 20) (string_size (int_bound 200))))
    (let s = lazy (scene ()) in
     fun (kind, proto, text) ->
       let s = Lazy.force s in
       let data = Cstruct.of_string text in
       (match kind with
        | 0 -> send s data
        | 1 ->
          let header = Cstruct.create 14 in
          Ethernet_wire.write header ~dst:stack_mac ~src:stack_mac
            (if proto land 1 = 0 then 0x0806 else 0x0800);
          send s (Cstruct.append header data)
        | 2 -> datagram s ~proto data
        | _ -> datagram s ~proto ~offset:(8 * proto) ~more:(proto land 1 = 0) data);
       elapse 0.001;
       true)

let case name f = Alcotest.test_case name `Quick f

let suite =
  [
    case "ARP: reply" test_arp_reply;
    case "ARP: not for us" test_arp_others;
    case "ARP: announcement" test_announcement;
    case "ARP: query" test_arp_query;
    case "ARP: no answer" test_arp_no_answer;
    case "ARP: ageing" test_arp_ageing;
    case "ARP: unasked reply" test_arp_unasked;
    case "ARP: many questions" test_arp_flood;
    case "UDP" test_udp;
    case "another interface's frame" test_other_mac;
    case "fragments" test_fragments;
    case "fragments that come too late" test_fragments_time_out;
    case "fragmentation" test_fragmentation;
    case "too long for UDP" test_too_long;
    case "routes" test_routes;
    case "loopback" test_loopback;
    case "a frame sent twice" test_frame_sent_twice;
    case "echo" test_echo;
    case "port unreachable" test_port_unreachable;
    case "martians" test_martians;
    case "options of IPv4" test_options;
    case "protocol unreachable" test_protocol_unreachable;
    case "ARP: defence" test_defence;
    case "counters" test_counters;
    case "capture" test_capture;
    anything_is_survived;
  ]
