(* SPDX-License-Identifier: ISC *)

(* TCP as applications see it: many connections, and what goes wrong. *)

open Lwt.Infix
open World

let server = ip "10.0.0.2"

let connect a ?(dst = server) port =
  run (T.create_connection (S.tcpv4 a) (dst, port))

let opened a port =
  match connect a port with `Ok flow -> flow | `Error _ -> Alcotest.fail "not connected"

let error = function
  | `Ok _ -> "ok"
  | `Error `Refused -> "refused"
  | `Error `Timeout -> "timeout"
  | `Error (`Unknown reason) -> reason

let text = Cstruct.of_string
let check = Alcotest.(check string)

let result = function
  | `Ok data -> Cstruct.to_string data
  | `Eof -> "eof"
  | (`Error _) as e -> error e

let rec echo flow =
  T.read flow >>= function
  | `Ok data -> T.write flow data >>= fun () -> echo flow
  | `Eof -> T.close flow
  | `Error _ -> Lwt.return_unit

let connections (a, b) = (T.connections (S.tcpv4 a), T.connections (S.tcpv4 b))
let counts = Alcotest.(pair int int)

let test_refused () =
  let _, a, _ = two_stacks () in
  check "no listener" "refused" (error (connect a 81));
  check "no such host" "host unreachable" (error (connect a ~dst:(ip "10.0.0.77") 80));
  check "no route" "host unreachable" (error (connect a ~dst:(ip "192.0.2.1") 80));
  Alcotest.(check int) "nothing left" 0 (T.connections (S.tcpv4 a))

let test_silent_host () =
  let hub, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:80 echo;
  T.set_config (S.tcpv4 a) { Tcp_config.default with connect_timeout = 5_000_000 };
  run (U.write ~dest_ip:server ~dest_port:9 (S.udpv4 a) (text "fills the ARP cache"));
  hub.fate <- (fun _ -> []);
  check "silent" "timeout" (error (connect a 80))

let test_connect_cancelled () =
  let hub, a, b = two_stacks () in
  hub.fate <- (fun _ -> []);
  let connecting = T.create_connection (S.tcpv4 a) (server, 80) in
  elapse 0.5;
  Lwt.cancel connecting;
  elapse 10.;
  Alcotest.(check counts) "nothing left" (0, 0) (connections (a, b))

let test_many_connections () =
  let _, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:7 echo;
  let one i =
    let message = Printf.sprintf "connection %d" i in
    T.create_connection (S.tcpv4 a) (server, 7) >>= function
    | `Error _ -> Lwt.return_false
    | `Ok flow ->
      T.write flow (text message) >>= fun () ->
      Time.sleep 1. >>= fun () ->
      T.read flow >>= fun answer ->
      T.close flow >|= fun () -> result answer = message
  in
  let answers = run (Lwt_list.map_p one (List.init 1000 Fun.id)) in
  Alcotest.(check bool) "each its own echo" true (List.for_all Fun.id answers);
  elapse 1.;
  Alcotest.(check counts) "closed on the other side" (1000, 0) (connections (a, b));
  elapse 61.;
  Alcotest.(check counts) "and on this one" (0, 0) (connections (a, b))

let test_ports_are_random () =
  let _, a, b = two_stacks () in
  let ports = ref [] in
  S.listen_tcpv4 b ~port:7 (fun flow ->
      ports := snd (T.get_dest flow) :: !ports;
      Lwt.return_unit);
  for _ = 1 to 20 do
    ignore (opened a 7)
  done;
  elapse 1.;
  let sorted = List.sort_uniq compare !ports in
  Alcotest.(check int) "all different" 20 (List.length sorted);
  Alcotest.(check bool) "in the range" true (List.for_all (fun p -> p >= 49152) sorted);
  Alcotest.(check bool) "not one after the other" true
    (List.nth sorted 19 - List.nth sorted 0 > 100)

(* A request and a reply written in two small pieces: nothing waits for a
   delayed ACK. *)
let test_no_stall () =
  let _, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:80 (fun flow ->
      let rec serve () =
        T.read flow >>= function
        | `Ok _ ->
          T.write flow (text "header") >>= fun () ->
          Lwt.pause () >>= fun () ->
          Time.sleep 0. >>= fun () ->
          T.write flow (text "body") >>= fun () ->
          Time.sleep 0. >>= fun () ->
          T.write flow (text "end") >>= serve
        | `Eof | `Error _ -> T.close flow
      in
      serve ());
  let flow = opened a 80 in
  let rec read_reply got =
    if got = "headerbodyend" then Lwt.return_unit
    else T.read flow >>= fun r -> read_reply (got ^ result r)
  in
  let before = !now in
  let request () = T.write flow (text "get") >>= fun () -> read_reply "" in
  for _ = 1 to 100 do
    run (request ())
  done;
  Alcotest.(check bool) "100 requests in 50 ms" true (!now -. before < 0.05)

let test_callback_fails () =
  let _, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:80 (fun _ -> Lwt.fail End_of_file);
  let flow = opened a 80 in
  check "reset" "connection reset by peer" (result (run (T.read flow)));
  Alcotest.check_raises "no writing" (Tcpv4.Closed "connection reset by peer") (fun () ->
      run (T.write flow (text "x")));
  run (T.close flow);
  Alcotest.(check counts) "nothing left" (0, 0) (connections (a, b))

let test_write_after_close () =
  let _, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:7 echo;
  let flow = opened a 7 in
  run (T.write flow (text "last words"));
  run (T.close flow);
  Alcotest.check_raises "no writing" (Tcpv4.Closed "connection closed") (fun () ->
      run (T.write flow (text "x")));
  check "the echo still comes" "last words" (result (run (T.read flow)));
  check "then the end" "eof" (result (run (T.read flow)));
  check "still the end" "eof" (result (run (T.read flow)))

let test_back_pressure () =
  let _, a, b = two_stacks () in
  let reading, start = Lwt.wait () in
  let total = ref 0 in
  S.listen_tcpv4 b ~port:9 (fun flow ->
      reading >>= fun () ->
      let rec drain () =
        T.read flow >>= function
        | `Ok data ->
          total := !total + Cstruct.length data;
          drain ()
        | `Eof | `Error _ -> T.close flow
      in
      drain ());
  let flow = opened a 9 in
  let written = ref 0 in
  let block = Cstruct.create 10_000 in
  let rec write n =
    if n = 0 then T.close flow
    else
      T.write flow block >>= fun () ->
      written := !written + 10_000;
      write (n - 1)
  in
  let writing = write 500 in
  elapse 100.;
  Alcotest.(check bool) "blocked" true (Lwt.is_sleeping writing);
  Alcotest.(check bool) "after what two buffers hold" true
    (!written > 65_536 + 32_768 && !written < 1_000_000);
  (* The window has been closed for long, and opens. *)
  Lwt.wakeup start ();
  run writing;
  elapse 1.;
  Alcotest.(check int) "all" 5_000_000 !total

let test_memory_is_short () =
  (* Other tests have left connections behind, with their whole world. *)
  reset ();
  let before = Memory_budget.used () in
  let used () = Memory_budget.used () - before in
  (* Three quarters are shared. *)
  Memory_budget.set_limit ((before + 2_250_000) * 4 / 3);
  let _, a, b = two_stacks () in
  let reading, start = Lwt.wait () in
  let total = ref 0 in
  S.listen_tcpv4 b ~port:9 (fun flow ->
      let rec drain () =
        T.read flow >>= function
        | `Ok data ->
          total := !total + Cstruct.length data;
          drain ()
        | `Eof | `Error _ -> T.close flow
      in
      reading >>= drain);
  let write _ =
    let flow = opened a 9 in
    let rec go n =
      if n = 0 then T.close flow else T.write flow (Cstruct.create 50_000) >>= fun () -> go (n - 1)
    in
    go 20
  in
  let writing = List.init 40 write in
  elapse 10.;
  Alcotest.(check (float 700_000.)) "bounded" 2_300_000. (float_of_int (used ()));
  Lwt.wakeup start ();
  run (Lwt.join writing);
  elapse 100.;
  Memory_budget.set_limit Memory_budget.default;
  Alcotest.(check int) "all arrives" 40_000_000 !total;
  Alcotest.(check int) "all given back" 0 (used ())

let rec read_to_end flow got =
  T.read flow >>= function
  | `Ok data -> read_to_end flow (got ^ Cstruct.to_string data)
  | `Eof | `Error _ -> Lwt.return got

(* Of what never changes, nobody keeps a copy, however many there are that don't read. *)
let test_immutable_memory () =
  let _, a, b = two_stacks () in
  let file = Cstruct.create 1_000_000 in
  for i = 0 to 999_999 do
    Cstruct.set_uint8 file i (i * 7 / 3 land 0xff)
  done;
  Immutable_memory.register file.buffer;
  S.listen_tcpv4 b ~port:9 (fun flow -> T.write flow file >>= fun () -> T.close flow);
  let flow = opened a 9 in
  Alcotest.(check bool) "arrives" true (run (read_to_end flow "") = Cstruct.to_string file);
  let blocks = Tcp_send_queue.memory_in_use () in
  let readers = List.init 50 (fun _ -> opened a 9) in
  elapse 5.;
  Alcotest.(check int) "no copies" blocks (Tcp_send_queue.memory_in_use ());
  let last = List.nth readers 49 in
  Alcotest.(check bool) "and yet it arrives" true (run (read_to_end last "") = Cstruct.to_string file)

let test_memory_is_the_writers () =
  let _, a, b = two_stacks () in
  let got = Buffer.create 100 in
  S.listen_tcpv4 b ~port:9 (fun flow ->
      let rec drain () =
        T.read flow >>= function
        | `Ok data ->
          Buffer.add_string got (Cstruct.to_string data);
          drain ()
        | `Eof | `Error _ -> T.close flow
      in
      drain ());
  let flow = opened a 9 in
  let buf = Cstruct.of_string "aaaa" in
  run
    ( T.write flow buf >>= fun () ->
      Cstruct.memset buf (Char.code 'b');
      T.write flow buf >>= fun () -> T.close flow );
  elapse 1.;
  check "copied" "aaaabbbb" (Buffer.contents got)

let test_concurrent_writers () =
  let _, a, b = two_stacks () in
  let got = Buffer.create 1000 in
  S.listen_tcpv4 b ~port:9 (fun flow ->
      let rec drain () =
        T.read flow >>= function
        | `Ok data ->
          Buffer.add_string got (Cstruct.to_string data);
          drain ()
        | `Eof | `Error _ -> T.close flow
      in
      drain ());
  let flow = opened a 9 in
  let piece c = Cstruct.of_string (String.make 400_000 c) in
  let a = T.write flow (piece 'a') in
  let bc = T.writev flow [ piece 'b'; piece 'c' ] in
  let d = T.write flow (piece 'd') in
  run (Lwt.join [ a; bc; d ]);
  run (T.close flow);
  elapse 10.;
  let letters = Buffer.contents got in
  check "one after the other" "abcd"
    (String.concat "" (List.init 4 (fun i -> String.make 1 letters.[(i * 400_000) + 200_000])));
  Alcotest.(check int) "all" 1_600_000 (String.length letters)

let test_peer_vanishes () =
  let hub, a, b = two_stacks () in
  let outcome = ref "" in
  S.listen_tcpv4 b ~port:9 (fun flow ->
      let rec write () = T.write flow (Cstruct.create 100_000) >>= write in
      Lwt.catch write (fun exn ->
          outcome := Printexc.to_string exn;
          Lwt.return_unit));
  let idle = opened a 9 in
  ignore idle;
  elapse 0.5;
  hub.fate <- (fun _ -> []);
  elapse 1000.;
  Alcotest.(check int) "dropped" 0 (T.connections (S.tcpv4 b));
  check "the writer is told" "Tcpv4.Closed(\"connection timed out\")" !outcome

let test_idle_peer_vanishes () =
  let hub, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:7 echo;
  ignore (opened a 7);
  elapse 3600.;
  Alcotest.(check counts) "kept while it answers" (1, 1) (connections (a, b));
  hub.fate <- (fun _ -> []);
  elapse 3600.;
  Alcotest.(check counts) "dropped" (0, 0) (connections (a, b))

(* {1 Bounds} *)

let syn ~src_port : Tcp_wire.t =
  {
    src_port;
    dst_port = 80;
    seq = 1000 * src_port;
    ack = 0;
    flags = Tcp_wire.flags ~syn:true ();
    window = 1000;
    options = Tcp_options.none;
    payload = [];
    length = 0;
  }

let inject b ~src (s : Tcp_wire.t) =
  let buf = Cstruct.create (Tcp_wire.written_length s) in
  Tcp_wire.write buf ~addresses:(Inet_checksum.addresses ~src ~dst:server) s;
  let listeners port = if port = 80 then Some (fun _ -> Lwt.return_unit) else None in
  run (T.input (S.tcpv4 b) ~listeners ~src ~dst:server (Cstruct.append buf (Cstruct.concat s.payload)))

let test_syn_flood () =
  let _, a, b = two_stacks () in
  T.set_config (S.tcpv4 b) { Tcp_config.default with max_half_open = 100 };
  for i = 0 to 4999 do
    let src = ip (Printf.sprintf "10.0.0.%d" ((i mod 200) + 20)) in
    inject b ~src (syn ~src_port:(1024 + i))
  done;
  Alcotest.(check bool) "bounded" true (T.connections (S.tcpv4 b) <= 100);
  (* Another one is still served. *)
  S.listen_tcpv4 b ~port:80 echo;
  let flow = opened a 80 in
  run (T.write flow (text "hello"));
  check "served" "hello" (result (run (T.read flow)));
  elapse 100.;
  Alcotest.(check int) "the others are gone" 1 (T.connections (S.tcpv4 b))

let test_too_many () =
  let _, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:7 echo;
  T.set_config (S.tcpv4 b) { Tcp_config.default with max_connections = 10 };
  let flows = List.init 12 (fun _ -> opened a 7) in
  elapse 1.;
  Alcotest.(check counts) "ten are kept" (10, 10) (connections (a, b));
  check "the idlest gave way" "connection reset by peer" (result (run (T.read (List.hd flows))));
  let last = List.nth flows 11 in
  run (T.write last (text "here"));
  check "the last is served" "here" (result (run (T.read last)))

let test_one_peer_has_too_many () =
  let _, a, b = two_stacks () in
  let c = ok (run (open_stack ~mode:(`IPv4 (ip "10.0.0.3", netmask, [])) "c")) in
  S.listen_tcpv4 b ~port:7 echo;
  let other = opened c 7 in
  let before = Memory_budget.accounts ~peer:(Ipv4_address.hash (ip "10.0.0.1")) in
  T.set_config (S.tcpv4 b) { Tcp_config.default with max_per_peer = before + 5 };
  let flows = List.init 12 (fun _ -> opened a 7) in
  elapse 1.;
  Alcotest.(check counts) "its own idlest gave way" (5, 6) (connections (a, b));
  check "the first" "connection reset by peer" (result (run (T.read (List.hd flows))));
  run (T.write other (text "here"));
  check "others are served" "here" (result (run (T.read other)))

(* Linux's SYN with all its options is answered without a connection, and served when
   its ACK comes. *)
let test_cookies () =
  let open Test_layers in
  let s = scene () in
  T.set_config (S.tcpv4 s.stack) { Tcp_config.default with max_half_open = 0 };
  S.listen_tcpv4 s.stack ~port:80 echo;
  arp s;
  let exchange ?options ?(ack = 0) ?data ~seq flags =
    let segment = { (Test_tcp.segment ?options ?data flags ~seq ~ack) with src_port = 5000 } in
    let buf = Cstruct.create (Tcp_wire.written_length segment) in
    Tcp_wire.write buf ~addresses:(Inet_checksum.addresses ~src:peer ~dst:own) segment;
    datagram s ~proto:6 (Cstruct.concat (buf :: segment.payload));
    List.filter_map
      (fun (d : Ipv4_wire.t) -> Tcp_wire.parse ~addresses:(Inet_checksum.addresses ~src:own ~dst:peer) d.payload)
      (datagrams (received s))
  in
  let options =
    {
      Tcp_options.mss = Some 1460;
      window_scale = Some 7;
      timestamps = Some (500, 0);
      sack_permitted = true;
      sack = [];
    }
  in
  let syn_ack =
    match exchange "S" ~seq:1000 ~options with
    | [ answer ] -> answer
    | _ -> Alcotest.fail "no SYN-ACK"
  in
  check "answered" "S." (Test_tcp.text_of syn_ack.flags);
  Alcotest.(check int) "nothing is kept" 0 (T.connections (S.tcpv4 s.stack));
  let stamp = fst (Option.get syn_ack.options.timestamps) in
  let ack = Tcp_seq.add syn_ack.seq 1 in
  let options = { Tcp_options.none with timestamps = Some (501, stamp) } in
  check "a forged one is refused" "R"
    (match exchange "." ~seq:1001 ~ack:(Tcp_seq.add ack 1) ~options with
     | [ answer ] -> Test_tcp.text_of answer.flags
     | _ -> "nothing");
  (match exchange "P." ~seq:1001 ~ack ~options ~data:"hello" with
   | [ answer ] ->
     check "the echo" "hello" (Cstruct.copyv answer.payload);
     let later = fst (Option.get answer.options.timestamps) in
     Alcotest.(check bool) "no timestamp goes back" true (Tcp_seq.geq later stamp)
   | answers -> Alcotest.failf "%d answers" (List.length answers));
  Alcotest.(check int) "one connection" 1 (T.connections (S.tcpv4 s.stack))

(* RFC 1122, section 4.2.3.10, and what only scanners send. *)
let test_what_opens_nothing () =
  let open Test_layers in
  let s = scene () in
  S.listen_tcpv4 s.stack ~port:80 echo;
  arp s;
  let send ?dst_mac flags =
    let segment = { (Test_tcp.segment flags ~seq:1000 ~ack:0) with src_port = 5000 } in
    let buf = Cstruct.create (Tcp_wire.written_length segment) in
    Tcp_wire.write buf ~addresses:(Inet_checksum.addresses ~src:peer ~dst:own) segment;
    datagram ?dst_mac s ~proto:6 buf;
    List.length (datagrams (received s))
  in
  Alcotest.(check int) "SYN and FIN" 0 (send "SF");
  Alcotest.(check int) "SYN and RST" 0 (send "SR");
  Alcotest.(check int) "in a broadcast frame" 0 (send ~dst_mac:Macaddr.broadcast "S");
  Alcotest.(check int) "a SYN is answered" 1 (send "S")

let test_resets_are_limited () =
  let open Test_layers in
  let s = scene () in
  T.set_config (S.tcpv4 s.stack) { Tcp_config.default with max_resets = 10 };
  arp s;
  let one () =
    let segment = { (Test_tcp.segment "S" ~seq:1000 ~ack:0) with src_port = 5000 } in
    let buf = Cstruct.create (Tcp_wire.written_length segment) in
    Tcp_wire.write buf ~addresses:(Inet_checksum.addresses ~src:peer ~dst:own) segment;
    datagram s ~proto:6 buf;
    List.length (datagrams (received s))
  in
  let sum = List.fold_left ( + ) 0 (List.init 50 (fun _ -> one ())) in
  Alcotest.(check int) "in half a second" 10 sum

let test_time_wait_is_bounded () =
  let _, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:7 echo;
  T.set_config (S.tcpv4 a) { Tcp_config.default with max_time_wait = 20 };
  for _ = 1 to 100 do
    let flow = opened a 7 in
    run (T.close flow);
    check "end" "eof" (result (run (T.read flow)))
  done;
  elapse 1.;
  Alcotest.(check counts) "twenty wait" (20, 0) (connections (a, b))

(* The port of a connection in TIME-WAIT serves for another one, if its numbers
   are beyond those of the old one (RFC 6191, RFC 9293 section 3.10.7.4). *)
let test_port_reused () =
  let open Test_layers in
  let s = scene () in
  S.listen_tcpv4 s.stack ~port:80 T.close;
  arp s;
  let send ?(ack = 0) ~seq flags =
    let segment = { (Test_tcp.segment flags ~seq ~ack) with src_port = 5000 } in
    let buf = Cstruct.create (Tcp_wire.written_length segment) in
    Tcp_wire.write buf ~addresses:(Inet_checksum.addresses ~src:peer ~dst:own) segment;
    datagram s ~proto:6 buf;
    List.filter_map
      (fun (d : Ipv4_wire.t) -> Tcp_wire.parse ~addresses:(Inet_checksum.addresses ~src:own ~dst:peer) d.payload)
      (datagrams (received s))
  in
  let one what = function
    | [ (segment : Tcp_wire.t) ] -> (Test_tcp.text_of segment.flags, segment)
    | _ -> Alcotest.fail what
  in
  let flags, syn_ack = one "SYN-ACK" (send "S" ~seq:1000) in
  check "accepted" "S." flags;
  let _, fin = one "FIN" (send "." ~seq:1001 ~ack:(Tcp_seq.add syn_ack.seq 1)) in
  let last = Tcp_seq.add fin.seq 1 in
  check "closed" "." (fst (one "ACK" (send "F." ~seq:1001 ~ack:last)));
  check "an old SYN" "." (fst (one "ACK" (send "S" ~seq:900)));
  let flags, again = one "SYN-ACK" (send "S" ~seq:5000) in
  check "a new one" "S." flags;
  Alcotest.(check bool) "beyond the old numbers" true (Tcp_seq.gt again.seq last);
  Alcotest.(check int) "one connection" 1 (T.connections (S.tcpv4 s.stack))

let test_clock_is_set () =
  let _, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:7 echo;
  let flow = opened a 7 in
  let talk () =
    run (T.write flow (text "still there?"));
    check "yes" "still there?" (result (run (T.read flow)))
  in
  talk ();
  wall_offset := !wall_offset +. 1e6;
  elapse 20.;
  talk ();
  wall_offset := !wall_offset -. 2e6;
  elapse 20.;
  talk ();
  elapse 1.;
  talk ()

let test_disconnect () =
  let _, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:7 echo;
  let flow = opened a 7 in
  let listening = S.listen b in
  run (S.disconnect b);
  run listening;
  check "reset" "connection reset by peer" (result (run (T.read flow)))

let test_address_lost () =
  let _, a, b = two_stacks () in
  S.listen_tcpv4 b ~port:7 echo;
  let flow = opened a 7 in
  run (I.set_ipv4 (S.ipv4 a) (ip "10.0.0.99"));
  run (T.write flow (text "who am I"));
  check "over" "host unreachable" (result (run (T.read flow)))

let test_to_itself () =
  let _, a, _ = two_stacks () in
  S.listen_tcpv4 a ~port:7 echo;
  let flow =
    match connect a ~dst:(ip "10.0.0.1") 7 with
    | `Ok flow -> flow
    | `Error _ as e -> Alcotest.fail (error e)
  in
  run (T.write flow (text "me"));
  check "echo" "me" (result (run (T.read flow)))

(* {1 Net_manager} *)

module M = Net_manager.Make (Console) (Time) (Clock) (Rand) (Netif)

let static address = `IPv4 (ip address, netmask, [])

let test_manager_returns () =
  reset ();
  ignore (Netif.new_hub ());
  let seen = ref [] in
  run
    (M.create ~devices:[ "net"; "eth1" ] (fun _ interface id ->
         seen := (id, M.get_id interface) :: !seen;
         M.configure interface (static "10.0.0.5")));
  Alcotest.(check (list (pair string string))) "each" [ ("eth1", "eth1"); ("net", "net") ] !seen

(* The self-test of 2013: one interface serves, another one talks to it. *)
let test_manager_flows () =
  reset ();
  ignore (Netif.new_hub ());
  let events = ref [] in
  let got, done_ = Lwt.wait () in
  let ready, is_ready = Lwt.wait () in
  let server mgr =
    let serve (_, port) flow =
      assert (port > 0);
      M.Flow.read flow >>= function
      | Some data -> M.Flow.write flow data >>= fun () -> M.Flow.close flow
      | None -> M.Flow.close flow
    in
    Lwt.async (fun () -> M.Flow.listen mgr (`TCPv4 ((None, 5001), serve)));
    Lwt.async (fun () ->
        M.Datagram.UDPv4.recv mgr (None, 53) (fun dst data ->
            M.Datagram.UDPv4.send mgr ~src:(None, 53) dst data));
    Lwt.wakeup_later is_ready ()
  in
  let client mgr =
    let src = M.get_intf_ipv4addr mgr "eth1" and dst = M.get_intf_ipv4addr mgr "net" in
    M.Flow.connect mgr
      (`TCPv4
        ( Some (Some src, 0),
          (dst, 5001),
          fun flow ->
            M.Flow.write flow (text "ping") >>= fun () ->
            M.Flow.read flow >>= fun answer ->
            Lwt.wakeup_later done_ (Option.map Cstruct.to_string answer);
            M.Flow.close flow ))
  in
  let main mgr interface id =
    let address = if id = "net" then "10.0.0.5" else "10.0.0.6" in
    M.configure interface (static address) >>= fun () ->
    if id = "net" then begin
      server mgr;
      Lwt.return_unit
    end
    else ready >>= fun () -> client mgr
  in
  let running =
    M.create ~devices:[ "net"; "eth1" ]
      ~on_event:(fun e -> events := Stack_event.to_string e :: !events)
      main
  in
  Alcotest.(check (option string)) "answer" (Some "ping") (run got);
  elapse 1.;
  Alcotest.(check bool) "goes on" true (Lwt.is_sleeping running);
  Alcotest.(check bool) "events" true
    (List.mem "address 10.0.0.5" !events && List.mem "listen tcp 5001" !events
     && List.mem "listen udp 53" !events);
  Lwt.cancel running;
  elapse 1.

let case name f = Alcotest.test_case name `Quick f

let suite =
  [
    case "refused, unreachable" test_refused;
    case "a silent host" test_silent_host;
    case "connecting is cancelled" test_connect_cancelled;
    case "1000 connections" test_many_connections;
    case "ephemeral ports" test_ports_are_random;
    case "no reply waits" test_no_stall;
    case "a callback fails" test_callback_fails;
    case "write after close" test_write_after_close;
    case "back-pressure" test_back_pressure;
    case "memory is short" test_memory_is_short;
    case "immutable memory" test_immutable_memory;
    case "written memory" test_memory_is_the_writers;
    case "several writers" test_concurrent_writers;
    case "a peer vanishes" test_peer_vanishes;
    case "an idle peer vanishes" test_idle_peer_vanishes;
    case "SYN flood" test_syn_flood;
    case "too many connections" test_too_many;
    case "one peer has too many connections" test_one_peer_has_too_many;
    case "SYN cookies" test_cookies;
    case "what opens nothing" test_what_opens_nothing;
    case "resets are limited" test_resets_are_limited;
    case "TIME-WAIT is bounded" test_time_wait_is_bounded;
    case "TIME-WAIT gives way" test_port_reused;
    case "the clock is set" test_clock_is_set;
    case "disconnect" test_disconnect;
    case "the address changes" test_address_lost;
    case "to itself" test_to_itself;
    case "manager: done" test_manager_returns;
    case "manager: flows and datagrams" test_manager_flows;
  ]
