(* SPDX-License-Identifier: ISC *)

(* One connection, segment by segment: what arrives, what time it is, what is
   sent. The peer's sequence numbers start at 1000, ours at 5000. *)

let irs = 1000
let iss = 5000
let ms n = n * 1000
let sec n = n * 1_000_000

(* As plain as TCP can be, so that every number can be followed. *)
let config = { Tcp_config.default with timestamps = false; congestion_control = Cubic }

type side = { t : Tcp_conn.t; mutable now : float }

let flags_of text =
  let has c = String.contains text c in
  Tcp_wire.flags ~syn:(has 'S') ~ack:(has '.') ~psh:(has 'P') ~fin:(has 'F')
    ~rst:(has 'R') ()

let text_of flags =
  String.concat ""
    [
      (if Tcp_wire.has_syn flags then "S" else "");
      (if Tcp_wire.has_fin flags then "F" else "");
      (if Tcp_wire.has_rst flags then "R" else "");
      (if Tcp_wire.has_psh flags then "P" else "");
      (if Tcp_wire.has_ack flags then "." else "");
    ]

let segment ?(seq = irs + 1) ?(ack = iss + 1) ?(win = 0xffff) ?(data = "")
    ?(options = Tcp_options.none) flags : Tcp_wire.t =
  {
    src_port = 4000;
    dst_port = 80;
    seq;
    ack;
    flags = flags_of flags;
    window = win;
    options;
    payload = (if data = "" then [] else [ Cstruct.of_string data ]);
    length = String.length data;
  }

let mss n = { Tcp_options.none with mss = Some n }

(* What is due, as (flags, seq, ack, length). *)
let rec outputs ?(limit = 0) side =
  match Tcp_output.next side.t ~now:side.now ~limit with
  | None -> []
  | Some s -> s :: outputs ~limit side

let brief (s : Tcp_wire.t) = (text_of s.flags, s.seq, s.ack, s.length)

let wire =
  let pp ppf (flags, seq, ack, length) =
    Format.fprintf ppf "[%s] seq %d ack %d len %d" flags seq ack length
  in
  Alcotest.testable pp ( = )

let state =
  let name : Tcp_conn.state -> string = function
    | Syn_sent -> "SYN-SENT"
    | Syn_received -> "SYN-RECEIVED"
    | Established -> "ESTABLISHED"
    | Fin_wait_1 -> "FIN-WAIT-1"
    | Fin_wait_2 -> "FIN-WAIT-2"
    | Close_wait -> "CLOSE-WAIT"
    | Closing -> "CLOSING"
    | Last_ack -> "LAST-ACK"
    | Time_wait -> "TIME-WAIT"
    | Closed -> "CLOSED"
  in
  Alcotest.testable (fun ppf s -> Format.pp_print_string ppf (name s)) ( = )

let expect ?limit what side expected =
  Alcotest.(check (list wire)) what expected (List.map brief (outputs ?limit side))

let expect_state side expected = Alcotest.check state "state" expected side.t.state

let give side s =
  match Tcp_input.segment side.t ~now:side.now s with
  | Taken -> ()
  | Answer_by_reset -> Alcotest.fail "answered by a reset"

let give_refused side s =
  match Tcp_input.segment side.t ~now:side.now s with
  | Taken -> Alcotest.fail "not answered by a reset"
  | Answer_by_reset -> ()

(* Lets [us] pass, with all timers on the way, and is what was sent meanwhile. *)
let pass side us =
  let until = Monotonic.after side.now us in
  let rec go sent =
    let next = Tcp_timer.deadline side.t in
    if next > until then begin
      side.now <- until;
      List.concat (List.rev sent)
    end
    else begin
      side.now <- Float.max side.now next;
      Tcp_timer.expire side.t ~now:side.now;
      go (outputs side :: sent)
    end
  in
  go []

let expect_after what side us expected =
  Alcotest.(check (list wire)) what expected (List.map brief (pass side us))

let read side =
  let rec go parts =
    match Tcp_conn.read side.t ~now:side.now with
    | Some data -> go (Cstruct.to_string data :: parts)
    | None -> String.concat "" (List.rev parts)
  in
  go []

let write ?(at_once = false) side data =
  Tcp_conn.write side.t ~at_once (Cstruct.of_string data)

let passive ?(config = config) ?(options = mss 1000) ?(win = 0xffff) () =
  let syn = segment "S" ~seq:irs ~win ~options in
  { t = Tcp_conn.accept config ~now:0. ~iss ~ts_offset:0 syn; now = 0. }

let established ?config ?options ?(win = 0xffff) () =
  let side = passive ?config ?options ~win () in
  expect "SYN-ACK" side [ ("S.", iss, irs + 1, 0) ];
  give side (segment "." ~win);
  expect_state side Established;
  expect "nothing" side [];
  side

let active ?(config = config) () =
  let t =
    Tcp_conn.connect config ~now:0. ~local_port:80 ~remote_port:4000 ~iss ~ts_offset:0
  in
  let side = { t; now = 0. } in
  expect "SYN" side [ ("S", iss, 0, 0) ];
  side

let kilo n = String.make (n * 1000) 'x'

(* {1 Opening} *)

let test_passive_open () = ignore (established ())

let test_active_open () =
  let side = active () in
  give side (segment "S." ~seq:irs ~options:(mss 1000));
  expect_state side Established;
  expect "ACK" side [ (".", iss + 1, irs + 1, 0) ]

let test_active_open_with_data () =
  let side = active () in
  give side (segment "SF." ~seq:irs ~data:"hello");
  expect_state side Close_wait;
  Alcotest.(check string) "data" "hello" (read side);
  expect "ACK" side [ (".", iss + 1, irs + 7, 0) ]

let test_refused () =
  let side = active () in
  give side (segment "R." ~ack:(iss + 2) |> fun s -> { s with ack = iss + 1 });
  expect_state side Closed;
  Alcotest.(check bool) "refused" true (side.t.failure = Some Refused);
  expect "nothing" side []

let test_forged_refusal () =
  let side = active () in
  give side (segment "R." ~ack:(iss + 2));
  give side (segment "R");
  expect_state side Syn_sent

let test_syn_sent_bad_ack () =
  let side = active () in
  give_refused side (segment "S." ~seq:irs ~ack:(iss + 2));
  give_refused side (segment "." ~ack:iss);
  expect_state side Syn_sent

let test_simultaneous_open () =
  let side = active () in
  give side (segment "S" ~seq:irs ~options:(mss 1000));
  expect_state side Syn_received;
  expect "SYN-ACK" side [ ("S.", iss, irs + 1, 0) ];
  give side (segment "S." ~seq:irs);
  expect_state side Established;
  expect "ACK" side [ (".", iss + 1, irs + 1, 0) ]

let test_simultaneous_open_by_ack () =
  let side = active () in
  give side (segment "S" ~seq:irs);
  expect "SYN-ACK" side [ ("S.", iss, irs + 1, 0) ];
  give side (segment ".");
  expect_state side Established

let test_syn_retransmission () =
  let side = active () in
  expect_after "1 s" side (ms 999) [];
  expect_after "first" side (ms 2) [ ("S", iss, 0, 0) ];
  expect_after "2 s more" side (sec 2) [ ("S", iss, 0, 0) ];
  expect_after "4 s more" side (sec 4) [ ("S", iss, 0, 0) ];
  ignore (pass side (sec 200));
  expect_state side Closed;
  Alcotest.(check bool) "timeout" true (side.t.failure = Some Timed_out)

let test_syn_ack_retransmission () =
  let side = passive () in
  expect "SYN-ACK" side [ ("S.", iss, irs + 1, 0) ];
  expect_after "by the timer" side (ms 1001) [ ("S.", iss, irs + 1, 0) ];
  give side (segment "S" ~seq:irs);
  expect "for another SYN" side [ ("S.", iss, irs + 1, 0) ];
  ignore (pass side (sec 100));
  expect_state side Closed

let test_syn_received_reset () =
  let side = passive () in
  expect "SYN-ACK" side [ ("S.", iss, irs + 1, 0) ];
  give side (segment "R");
  expect_state side Closed

let test_syn_received_bad_ack () =
  let side = passive () in
  expect "SYN-ACK" side [ ("S.", iss, irs + 1, 0) ];
  give_refused side (segment "." ~ack:(iss + 2));
  expect_state side Syn_received

let test_after_lost_syn () =
  let side = active () in
  ignore (pass side (sec 5));
  give side (segment "S." ~seq:irs ~options:(mss 1000));
  write side (kilo 5);
  (* One segment to begin with, and three seconds for it (RFC 6298). *)
  expect "one" side [ (".", iss + 1, irs + 1, 1000) ];
  expect_after "not sooner" side (ms 2900) [];
  expect_after "again" side (ms 200) [ (".", iss + 1, irs + 1, 1000) ]

(* {1 Options} *)

let syn_ack side =
  match outputs side with
  | [ s ] -> s
  | _ -> Alcotest.fail "not one segment"

let test_options_answered () =
  let options = { Tcp_options.none with mss = Some 1460; window_scale = Some 7; timestamps = Some (77, 0) } in
  let side = passive ~config:Tcp_config.default ~options () in
  let s = syn_ack side in
  Alcotest.(check (option int)) "mss" (Some 1460) s.options.mss;
  Alcotest.(check (option int)) "scale" (Some 5) s.options.window_scale;
  Alcotest.(check (option int)) "echo" (Some 77) (Option.map snd s.options.timestamps);
  Alcotest.(check int) "payload" 1448 side.t.snd.mss;
  Alcotest.(check int) "peer's scale" 7 side.t.snd.scale

let test_options_not_offered () =
  let side = passive ~config:Tcp_config.default ~options:Tcp_options.none () in
  let s = syn_ack side in
  Alcotest.(check (option int)) "scale" None s.options.window_scale;
  Alcotest.(check bool) "timestamps" true (s.options.timestamps = None);
  Alcotest.(check int) "payload" 536 side.t.snd.mss;
  Alcotest.(check int) "own scale" 0 side.t.rcv.shift

let test_absurd_mss () =
  Alcotest.(check int) "none at all" 88 (passive ~options:(mss 0) ()).t.snd.mss;
  Alcotest.(check int) "too much" 1460 (passive ~options:(mss 65535) ()).t.snd.mss

let test_window_scale () =
  let options = { (mss 1000) with window_scale = Some 4 } in
  let side = passive ~options ~win:100 () in
  ignore (outputs side);
  Alcotest.(check int) "not in the SYN" 100 side.t.snd.wnd;
  give side (segment "." ~win:100);
  Alcotest.(check int) "afterwards" 1600 side.t.snd.wnd

let stamped value echo = { Tcp_options.none with timestamps = Some (value, echo) }

let test_wrapped_sequence_numbers () =
  let options = { (mss 1000) with timestamps = Some (100, 0) } in
  let side = passive ~config:Tcp_config.default ~options () in
  ignore (outputs side);
  give side (segment "." ~options:(stamped 101 0));
  give side (segment "." ~data:"old" ~options:(stamped 99 0));
  Alcotest.(check string) "dropped" "" (read side);
  Alcotest.(check int) "answered" 1 (List.length (outputs side));
  give side (segment "." ~data:"unstamped");
  Alcotest.(check string) "dropped too" "" (read side);
  give side (segment "." ~data:"new" ~options:(stamped 101 0));
  Alcotest.(check string) "taken" "new" (read side)

(* {1 Receiving} *)

let test_delayed_ack () =
  let side = established () in
  give side (segment "P." ~data:(kilo 1));
  expect "not at once" side [];
  expect_after "after 40 ms" side (ms 41) [ (".", iss + 1, irs + 1001, 0) ];
  give side (segment "P." ~seq:(irs + 1001) ~data:(kilo 1));
  expect "not at once" side [];
  give side (segment "P." ~seq:(irs + 2001) ~data:(kilo 1));
  expect "every second" side [ (".", iss + 1, irs + 3001, 0) ]

let test_out_of_order () =
  let side = established () in
  give side (segment "." ~seq:(irs + 4) ~data:"def");
  expect "a duplicate ACK" side [ (".", iss + 1, irs + 1, 0) ];
  give side (segment "." ~seq:(irs + 10) ~data:"jkl");
  expect "another" side [ (".", iss + 1, irs + 1, 0) ];
  give side (segment "." ~data:"abc");
  expect "up to the gap, at once" side [ (".", iss + 1, irs + 7, 0) ];
  give side (segment "." ~seq:(irs + 7) ~data:"ghi");
  expect "all" side [ (".", iss + 1, irs + 13, 0) ];
  Alcotest.(check string) "data" "abcdefghijkl" (read side)

let test_overlaps () =
  let side = established () in
  give side (segment "." ~seq:(irs + 3) ~data:"CD");
  give side (segment "." ~data:"abcdef");
  give side (segment "." ~seq:(irs + 2) ~data:"xxxxxxgh");
  give side (segment "." ~seq:(irs + 1) ~data:"yyyy");
  let data = read side in
  Alcotest.(check int) "length" 9 (String.length data);
  Alcotest.(check string) "first come" "ab" (String.sub data 0 2);
  expect "an ACK for the repeated data" side [ (".", iss + 1, irs + 10, 0) ]

let test_window_is_respected () =
  let config = { config with min_receive_buffer = 4000; max_receive_buffer = 4000 } in
  let side = established ~config () in
  give side (segment "." ~data:(kilo 6));
  Alcotest.(check int) "cut at the edge" 4000 (String.length (read side))

let test_zero_window () =
  let config = { config with min_receive_buffer = 4000; max_receive_buffer = 4000 } in
  let side = established ~config () in
  give side (segment "." ~data:(kilo 4));
  (match outputs side with
   | [ s ] -> Alcotest.(check int) "closed" 0 s.window
   | _ -> Alcotest.fail "not one ACK");
  give side (segment "." ~seq:(irs + 4001) ~data:"p");
  expect "a probe is answered" side [ (".", iss + 1, irs + 4001, 0) ];
  ignore (read side);
  (match outputs side with
   | [ s ] -> Alcotest.(check int) "open again" 4000 s.window
   | _ -> Alcotest.fail "no window update");
  give side (segment "." ~seq:(irs + 4001) ~data:"p");
  Alcotest.(check string) "the next one is taken" "p" (read side)

let test_no_silly_window () =
  let config = { config with min_receive_buffer = 4000; max_receive_buffer = 4000 } in
  let side = established ~config () in
  List.iter
    (fun i -> give side (segment "." ~seq:(irs + 1 + (1000 * i)) ~data:(kilo 1)))
    [ 0; 1; 2; 3 ];
  ignore (outputs side);
  ignore (Tcp_conn.read side.t ~now:0.);
  expect "too little to tell" side [];
  ignore (Tcp_conn.read side.t ~now:0.);
  ignore (Tcp_conn.read side.t ~now:0.);
  Alcotest.(check int) "enough" 1 (List.length (outputs side))

let test_small_pieces_are_joined () =
  let side = established () in
  for i = 0 to 99 do
    give side (segment "." ~seq:(irs + 1 + i) ~data:(String.make 1 (Char.chr i)))
  done;
  let rec pieces n =
    match Tcp_conn.read side.t ~now:0. with Some _ -> pieces (n + 1) | None -> n
  in
  Alcotest.(check bool) "few" true (pieces 0 <= 2)

(* {1 Sending} *)

let burst ~from ~count ack =
  List.init count (fun i -> (".", from + (1000 * i), ack, 1000))

let test_initial_window () =
  let side = established () in
  write side (kilo 30);
  expect "ten segments" side (burst ~from:(iss + 1) ~count:10 (irs + 1));
  side.now <- 10_000.;
  give side (segment "." ~ack:(iss + 2001));
  expect "slow start" side (burst ~from:(iss + 10_001) ~count:4 (irs + 1))

let test_super_segment () =
  let side = established () in
  write side (kilo 30);
  match outputs ~limit:65536 side with
  | [ s ] ->
    Alcotest.(check int) "one for all" 10_000 s.length;
    let parts = Tcp_wire.split s ~size:1000 in
    Alcotest.(check (list wire)) "parts" (burst ~from:(iss + 1) ~count:10 (irs + 1))
      (List.map brief parts)
  | _ -> Alcotest.fail "not one segment"

let test_push_and_fin_at_the_end () =
  let side = established () in
  write side (kilo 3);
  Tcp_conn.close side.t;
  match outputs ~limit:65536 side with
  | [ s ] ->
    Alcotest.(check (list wire)) "only the last"
      [
        (".", iss + 1, irs + 1, 1000);
        (".", iss + 1001, irs + 1, 1000);
        ("FP.", iss + 2001, irs + 1, 1000);
      ]
      (List.map brief (Tcp_wire.split s ~size:1000))
  | _ -> Alcotest.fail "not one segment"

let test_peer_window () =
  let side = established ~win:2500 () in
  write side (kilo 10);
  expect "what fits" side (burst ~from:(iss + 1) ~count:2 (irs + 1));
  give side (segment "." ~ack:(iss + 2001) ~win:500);
  expect "no silly segment" side [];
  give side (segment "." ~ack:(iss + 2001) ~win:5000);
  expect "what fits" side (burst ~from:(iss + 2001) ~count:5 (irs + 1))

(* A peer without selective acknowledgements. *)
let test_fast_retransmit () =
  let config = { config with congestion_control = New_reno } in
  let side = established ~config () in
  write side (kilo 20);
  expect "window" side (burst ~from:(iss + 1) ~count:10 (irs + 1));
  let duplicate () = give side (segment ".") in
  duplicate ();
  expect "limited transmit" side (burst ~from:(iss + 10_001) ~count:1 (irs + 1));
  duplicate ();
  expect "limited transmit" side (burst ~from:(iss + 11_001) ~count:1 (irs + 1));
  duplicate ();
  expect "retransmission" side [ (".", iss + 1, irs + 1, 1000) ];
  (* The threshold is half of the 12 that were in flight. *)
  List.iter duplicate [ (); (); () ];
  expect "still full" side [];
  duplicate ();
  expect "one left the network" side (burst ~from:(iss + 12_001) ~count:1 (irs + 1));
  (* A partial ACK: the next hole (RFC 6582). *)
  give side (segment "." ~ack:(iss + 3001));
  (match outputs side with
   | s :: _ -> Alcotest.check wire "next hole" (".", iss + 3001, irs + 1, 1000) (brief s)
   | [] -> Alcotest.fail "no retransmission");
  give side (segment "." ~ack:(iss + 13_001));
  Alcotest.(check int) "window afterwards" 6000 (Tcp_congestion.window side.t.congestion)

(* {1 Loss, where both sides know selective acknowledgements} *)

let with_sack = { (mss 1000) with sack_permitted = true }

(* Numbers of octets sent, from 0, as sequence numbers. *)
let blocks list =
  let at n = iss + 1 + n in
  { Tcp_options.none with sack = List.map (fun (a, b) -> (at a, at b)) list }

let sacked side ?(ack = 0) list =
  give side (segment "." ~ack:(iss + 1 + ack) ~options:(blocks list))

(* Ten segments have been sent, at the time 10 ms, on a path whose round trip takes
   10 ms. *)
let sack_side ?(config = config) () =
  let side = established ~config ~options:with_sack () in
  write side (kilo 40);
  expect "window" side (burst ~from:(iss + 1) ~count:10 (irs + 1));
  side

let sent_again side =
  List.map (fun (s : Tcp_wire.t) -> (s.seq - iss - 1, s.length)) (outputs side)

let again = Alcotest.(check (list (pair int int)))

let test_sack_offered () =
  let side = passive ~options:with_sack () in
  Alcotest.(check bool) "answered" true (syn_ack side).options.sack_permitted;
  let side = passive () in
  Alcotest.(check bool) "not asked" false (syn_ack side).options.sack_permitted;
  let side = passive ~config:{ config with sack = false } ~options:with_sack () in
  Alcotest.(check bool) "not wanted" false (syn_ack side).options.sack_permitted

let test_sack_holes () =
  let side = sack_side () in
  side.now <- 10_000.;
  (* The second, fifth and sixth are lost. *)
  sacked side ~ack:1000 [ (2000, 3000) ];
  sacked side ~ack:1000 [ (2000, 4000) ];
  sacked side ~ack:1000 [ (6000, 7000); (2000, 4000) ];
  sacked side ~ack:1000 [ (6000, 10_000); (2000, 4000) ];
  match sent_again side with
  | (1000, 1000) :: (4000, n) :: rest ->
    let total = List.fold_left (fun sum (_, n) -> sum + n) n rest in
    Alcotest.(check bool) "holes first, then new data" true
      (n <= 2000 && List.for_all (fun (at, _) -> at >= 5000 && (at < 6000 || at >= 10_000)) rest);
    Alcotest.(check bool) "as much as the window allows" true (total >= 2000 && total <= 6000)
  | sent -> again "the first hole" [ (1000, 1000); (4000, 2000) ] sent

let test_rack_waits_for_the_reordered () =
  let side = sack_side () in
  side.now <- 10_000.;
  sacked side ~ack:1000 [];
  ignore (outputs side);
  sacked side ~ack:1000 [ (2000, 3000) ];
  again "one duplicate is no loss" [] (List.filter (fun (at, _) -> at < 10_000) (sent_again side));
  (* A quarter of the round trip later it is (RFC 8985). *)
  let sent = pass side (ms 4) in
  Alcotest.(check bool) "then it is" true
    (List.exists (fun (s : Tcp_wire.t) -> s.seq = iss + 1001) sent);
  let side = sack_side () in
  side.now <- 10_000.;
  sacked side ~ack:1000 [ (2000, 3000) ];
  sacked side ~ack:3000 [];
  let sent = pass side (ms 4) in
  Alcotest.(check bool) "what came late is not sent again" true
    (List.for_all (fun (s : Tcp_wire.t) -> s.seq >= iss + 3001) sent)

let test_lost_retransmission () =
  let side = sack_side () in
  side.now <- 10_000.;
  sacked side [ (1000, 4000) ];
  (match sent_again side with
   | (0, 1000) :: _ -> ()
   | sent -> again "the first" [ (0, 1000) ] sent);
  side.now <- 12_000.;
  sacked side [ (1000, 9000) ];
  Alcotest.(check bool) "new data" true (List.mem (10_000, 1000) (sent_again side));
  (* That arrives a round trip later, and what was sent again before does not. *)
  side.now <- 24_000.;
  sacked side [ (1000, 11_000) ];
  Alcotest.(check bool) "once more, without a timeout" true
    (List.mem (0, 1000) (sent_again side))

let test_tail_probe () =
  let side = established ~options:with_sack () in
  side.now <- 0.;
  write side (kilo 1);
  ignore (outputs side);
  side.now <- 10_000.;
  give side (segment "." ~ack:(iss + 1001));
  write side (kilo 3);
  expect "three" side
    [
      (".", iss + 1001, irs + 1, 1000);
      (".", iss + 2001, irs + 1, 1000);
      ("P.", iss + 3001, irs + 1, 1000);
    ];
  expect_after "the last again" side (ms 32) [ ("P.", iss + 3001, irs + 1, 1000) ];
  (* Its ACK tells that the other two are lost. *)
  give side (segment "." ~ack:(iss + 1001) ~options:(blocks [ (3000, 4000) ]));
  let sent = outputs side @ pass side (ms 5) in
  Alcotest.(check bool) "they are sent again" true
    (List.exists (fun (s : Tcp_wire.t) -> s.seq = iss + 1001) sent)

let test_undo () =
  let options = { with_sack with timestamps = Some (100, 0) } in
  let side = passive ~config:Tcp_config.default ~options () in
  ignore (outputs side);
  give side (segment "." ~options:(stamped 101 0));
  side.now <- 5_000.;
  write side (kilo 40);
  ignore (outputs side);
  let before = Tcp_congestion.window side.t.congestion in
  let mss = side.t.snd.mss in
  side.now <- 15_000.;
  let stamped_sack ?(ack = 0) value echo list =
    let options = { (blocks list) with timestamps = Some (value, echo) } in
    give side (segment "." ~ack:(iss + 1 + ack) ~options)
  in
  stamped_sack 102 5 [ (mss, 5 * mss) ];
  Alcotest.(check bool) "sent again" true (List.mem (0, mss) (sent_again side));
  Alcotest.(check bool) "recovering" true (Tcp_recovery.is_active side.t.recovery);
  (* The ACK of the first transmission comes after all. *)
  side.now <- 16_000.;
  stamped_sack 103 5 ~ack:(5 * mss) [];
  Alcotest.(check bool) "no longer" false (Tcp_recovery.is_active side.t.recovery);
  Alcotest.(check bool) "as if nothing had been" true
    (Tcp_congestion.window side.t.congestion >= before)

let test_retransmission_within_the_window () =
  let side = established ~win:5000 () in
  write side (kilo 5);
  ignore (outputs side);
  give side (segment "." ~ack:(iss + 1001) ~win:10);
  Alcotest.(check bool) "ten octets" true
    (List.for_all (fun (s : Tcp_wire.t) -> s.length <= 10) (pass side (sec 3)));
  give side (segment "." ~ack:(iss + 1001) ~win:0);
  Alcotest.(check bool) "one asks for more" true
    (List.for_all (fun (s : Tcp_wire.t) -> s.length <= 1) (pass side (sec 5)))

(* {1 Selective acknowledgements, as a receiver} *)

let acknowledged side =
  match List.rev (outputs side) with
  | s :: _ -> (s.ack - irs - 1, List.map (fun (a, b) -> (a - irs - 1, b - irs - 1)) s.options.sack)
  | [] -> Alcotest.fail "no ACK"

let told = Alcotest.(check (pair int (list (pair int int))))

let test_blocks_are_told () =
  let side = established ~options:with_sack () in
  let arrive at = give side (segment "." ~seq:(irs + 1 + at) ~data:(kilo 1)) in
  arrive 1000;
  told "one" (0, [ (1000, 2000) ]) (acknowledged side);
  arrive 5000;
  told "the latest first" (0, [ (5000, 6000); (1000, 2000) ]) (acknowledged side);
  arrive 3000;
  told "three" (0, [ (3000, 4000); (5000, 6000); (1000, 2000) ]) (acknowledged side);
  arrive 4000;
  told "joined" (0, [ (3000, 6000); (1000, 2000) ]) (acknowledged side);
  arrive 4000;
  told "twice" (0, [ (4000, 5000); (3000, 6000); (1000, 2000) ]) (acknowledged side);
  arrive 0;
  told "up to the gap" (2000, [ (3000, 6000) ]) (acknowledged side);
  arrive 0;
  told "an old one" (2000, [ (0, 1000); (3000, 6000) ]) (acknowledged side);
  arrive 2000;
  told "all" (6000, []) (acknowledged side)

let test_no_false_fast_retransmit () =
  let side = established () in
  write side (kilo 10);
  ignore (outputs side);
  give side (segment "." ~data:"abc");
  give side (segment "." ~seq:(irs + 4) ~data:"abc");
  give side (segment "." ~seq:(irs + 7) ~data:"abc");
  give side (segment "." ~seq:(irs + 10) ~win:1000);
  give side (segment "." ~seq:(irs + 10) ~win:2000);
  give side (segment "." ~seq:(irs + 10) ~win:3000);
  let again = List.filter (fun (s : Tcp_wire.t) -> s.length > 0) (outputs side) in
  Alcotest.(check int) "data and window updates are no duplicates" 0 (List.length again)

let test_timeout_and_back_off () =
  let side = established () in
  write side (kilo 4);
  expect "data" side
    [
      (".", iss + 1, irs + 1, 1000);
      (".", iss + 1001, irs + 1, 1000);
      (".", iss + 2001, irs + 1, 1000);
      ("P.", iss + 3001, irs + 1, 1000);
    ];
  give side (segment "." ~ack:(iss + 1001));
  let first = (".", iss + 1001, irs + 1, 1000) in
  let rto = Tcp_rtt.timeout side.t.rtt in
  expect_after "not yet" side (rto - 1000) [];
  expect_after "one segment" side (ms 2) [ first ];
  expect_after "twice as long" side (2 * rto) [ first ];
  expect_after "again" side (4 * rto) [ first ];
  give side (segment "." ~ack:(iss + 2001));
  expect "slow start" side
    [ (".", iss + 2001, irs + 1, 1000); ("P.", iss + 3001, irs + 1, 1000) ]

let test_black_hole () =
  let side = established () in
  write side (kilo 1);
  ignore (outputs side);
  let rto = Tcp_rtt.timeout side.t.rtt in
  ignore (pass side (4 * rto));
  Alcotest.(check (list int)) "smaller segments" [ 536; 464 ]
    (List.map (fun (s : Tcp_wire.t) -> s.length) (pass side (4 * rto)))

let test_karn () =
  let side = established () in
  let before = Tcp_rtt.timeout side.t.rtt in
  write side (kilo 1);
  ignore (outputs side);
  ignore (pass side (before + 1000));
  side.now <- Monotonic.after side.now (sec 30);
  give side (segment "." ~ack:(iss + 1001));
  Alcotest.(check int) "not measured" before (Tcp_rtt.timeout side.t.rtt)

let test_user_timeout () =
  let side = established () in
  write side (kilo 1);
  ignore (outputs side);
  ignore (pass side (sec 90));
  expect_state side Established;
  ignore (pass side (sec 600));
  expect_state side Closed;
  Alcotest.(check bool) "timeout" true (side.t.failure = Some Timed_out);
  Alcotest.(check int) "no memory kept" 0 (Tcp_send_queue.length side.t.snd.queue)

let test_persist () =
  let side = established ~win:1000 () in
  write side (kilo 3);
  expect "window" side (burst ~from:(iss + 1) ~count:1 (irs + 1));
  give side (segment "." ~ack:(iss + 1001) ~win:0);
  expect "closed" side [];
  let probes = pass side (sec 20) in
  Alcotest.(check bool) "several probes" true (List.length probes >= 3);
  List.iter
    (fun s -> Alcotest.check wire "probe" (".", iss + 1001, irs + 1, 1) (brief s))
    probes;
  (* As long as the peer answers it may keep the window closed. *)
  for _ = 1 to 100 do
    ignore (pass side (sec 10));
    give side (segment "." ~ack:(iss + 1001) ~win:0)
  done;
  expect_state side Established;
  give side (segment "." ~ack:(iss + 1001) ~win:4000);
  expect "open" side
    [ (".", iss + 1001, irs + 1, 1000); ("P.", iss + 2001, irs + 1, 1000) ]

let test_persist_probe_taken () =
  let side = established ~win:1000 () in
  write side (kilo 3);
  ignore (outputs side);
  give side (segment "." ~ack:(iss + 1001) ~win:0);
  expect "closed" side [];
  ignore (pass side (sec 2));
  give side (segment "." ~ack:(iss + 1002) ~win:4000);
  expect "behind the probe" side
    [ (".", iss + 1002, irs + 1, 1000); ("P.", iss + 2002, irs + 1, 999) ]

let test_persist_peer_gone () =
  let side = established ~win:1000 () in
  write side (kilo 3);
  ignore (outputs side);
  give side (segment "." ~ack:(iss + 1001) ~win:0);
  expect "closed" side [];
  ignore (pass side (sec 400));
  expect_state side Closed

let test_nagle () =
  let side = established () in
  for i = 0 to 3 do
    write side "x";
    expect "credit" side [ ("P.", iss + 1 + i, irs + 1, 1) ]
  done;
  write side "y";
  expect "held" side [];
  write side "z";
  expect_after "not for long" side (ms 6) [ ("P.", iss + 5, irs + 1, 2) ];
  write side "a";
  expect "held" side [];
  write ~at_once:true side "b";
  expect "at once" side [ ("P.", iss + 7, irs + 1, 2) ];
  write side "c";
  expect "held" side [];
  give side (segment "." ~ack:(iss + 9));
  expect "acknowledged" side [ ("P.", iss + 9, irs + 1, 1) ]

let test_keepalive () =
  let side = established () in
  let probes = pass side (sec 301) in
  Alcotest.(check (list wire)) "one" [ (".", iss, irs + 1, 0) ] (List.map brief probes);
  give side (segment ".");
  expect_after "answered: nothing for long" side (sec 290) [];
  let before = pass side (sec 1800) in
  let probes = before @ pass side (sec 1800) in
  Alcotest.(check int) "six more" 6 (List.length probes);
  expect_state side Closed

let test_keepalive_answered () =
  let side = established () in
  give side (segment "." ~seq:irs);
  expect "an ACK" side [ (".", iss + 1, irs + 1, 0) ];
  give side (segment "." ~seq:irs ~data:"g");
  expect "also with an octet" side [ (".", iss + 1, irs + 1, 0) ];
  Alcotest.(check string) "that is no data" "" (read side)

let test_path_mtu () =
  let side = established ~options:(mss 1460) () in
  write side (String.make 2920 'x');
  ignore (outputs side);
  Tcp_input.unreachable side.t ~seq:(iss + 1) (Too_big 1260);
  Alcotest.(check int) "smaller segments" 1240 side.t.snd.mss;
  Alcotest.(check (list int)) "sent again in smaller ones" [ 1240; 1240; 440 ]
    (List.map (fun (s : Tcp_wire.t) -> s.length) (outputs side));
  Tcp_input.unreachable side.t ~seq:(iss + 1) (Too_big 48);
  Alcotest.(check int) "but not tiny ones" 536 side.t.snd.mss;
  Tcp_input.unreachable side.t ~seq:(iss + 100_000) (Too_big 556);
  Tcp_input.unreachable side.t ~seq:(iss + 1) Refused;
  expect_state side Established

let test_unreachable_while_opening () =
  let side = active () in
  Tcp_input.unreachable side.t ~seq:(iss + 5) Refused;
  expect_state side Syn_sent;
  Tcp_input.unreachable side.t ~seq:iss Refused;
  expect_state side Closed

(* {1 Closing} *)

let fin_at seq = segment "F." ~seq

let test_peer_closes_first () =
  let side = established () in
  give side (segment "FP." ~data:"bye");
  expect_state side Close_wait;
  expect "ACK at once" side [ (".", iss + 1, irs + 5, 0) ];
  Alcotest.(check string) "data" "bye" (read side);
  Alcotest.(check bool) "end" true side.t.rcv.eof;
  (* The other half goes on. *)
  write side "more";
  expect "data" side [ ("P.", iss + 1, irs + 5, 4) ];
  Tcp_conn.close side.t;
  expect "FIN" side [ ("F.", iss + 5, irs + 5, 0) ];
  expect_state side Last_ack;
  give side (segment "." ~seq:(irs + 5) ~ack:(iss + 5));
  expect_state side Last_ack;
  give side (segment "." ~seq:(irs + 5) ~ack:(iss + 6));
  expect_state side Closed;
  Alcotest.(check bool) "cleanly" true (side.t.failure = None)

let test_we_close_first () =
  let side = established () in
  write side "bye";
  Tcp_conn.close side.t;
  expect "FIN with the data" side [ ("FP.", iss + 1, irs + 1, 3) ];
  expect_state side Fin_wait_1;
  give side (segment "." ~ack:(iss + 5));
  expect_state side Fin_wait_2;
  give side (segment "P." ~ack:(iss + 5) ~data:"late");
  Alcotest.(check string) "still read" "late" (read side);
  give side (segment "F." ~seq:(irs + 5) ~ack:(iss + 5));
  expect_state side Time_wait;
  expect "ACK" side [ (".", iss + 5, irs + 6, 0) ];
  side.now <- Monotonic.after side.now (sec 59);
  give side (segment "F." ~seq:(irs + 5) ~ack:(iss + 5));
  expect "the FIN again: the ACK again" side [ (".", iss + 5, irs + 6, 0) ];
  ignore (pass side (sec 59));
  expect_state side Time_wait;
  ignore (pass side (sec 2));
  expect_state side Closed

let test_fin_and_ack_together () =
  let side = established () in
  Tcp_conn.close side.t;
  expect "FIN" side [ ("F.", iss + 1, irs + 1, 0) ];
  give side (segment "F." ~ack:(iss + 2));
  expect_state side Time_wait;
  expect "ACK" side [ (".", iss + 2, irs + 2, 0) ]

let test_simultaneous_close () =
  let side = established () in
  Tcp_conn.close side.t;
  expect "FIN" side [ ("F.", iss + 1, irs + 1, 0) ];
  give side (fin_at (irs + 1));
  expect_state side Closing;
  expect "ACK" side [ (".", iss + 2, irs + 2, 0) ];
  give side (segment "." ~seq:(irs + 2) ~ack:(iss + 2));
  expect_state side Time_wait

let test_fin_out_of_order () =
  let side = established () in
  give side (segment "F." ~seq:(irs + 4) ~data:"def");
  expect_state side Established;
  expect "duplicate ACK" side [ (".", iss + 1, irs + 1, 0) ];
  give side (segment "." ~data:"abc");
  expect_state side Close_wait;
  expect "all" side [ (".", iss + 1, irs + 8, 0) ];
  Alcotest.(check string) "data" "abcdef" (read side)

let test_fin_lost () =
  let side = established () in
  Tcp_conn.close side.t;
  expect "FIN" side [ ("F.", iss + 1, irs + 1, 0) ];
  expect_after "again" side (ms 250) [ ("F.", iss + 1, irs + 1, 0) ];
  give side (segment "." ~ack:(iss + 2));
  expect_state side Fin_wait_2

let test_close_while_opening () =
  let side = passive () in
  Tcp_conn.close side.t;
  expect "SYN-ACK" side [ ("S.", iss, irs + 1, 0) ];
  give side (segment ".");
  expect "FIN" side [ ("F.", iss + 1, irs + 1, 0) ];
  expect_state side Fin_wait_1;
  let side = active () in
  Tcp_conn.close side.t;
  expect_state side Closed

let test_orphan () =
  let side = established () in
  Tcp_conn.close side.t;
  ignore (outputs side);
  give side (segment "." ~ack:(iss + 2));
  ignore (pass side (sec 61));
  expect_state side Closed;
  let side = established () in
  Tcp_conn.close side.t;
  ignore (outputs side);
  side.t.rcv.wanted <- true;
  give side (segment "." ~ack:(iss + 2));
  ignore (pass side (sec 200));
  expect_state side Fin_wait_2

let test_fin_in_every_state () =
  (* After its own FIN the peer has nothing more to say. *)
  let side = established () in
  give side (fin_at (irs + 1));
  ignore (outputs side);
  give side (segment "." ~seq:(irs + 2) ~data:"more");
  Alcotest.(check string) "nothing behind the end" "" (read side);
  give side (fin_at (irs + 1));
  expect_state side Close_wait;
  Tcp_conn.close side.t;
  ignore (outputs side);
  give side (fin_at (irs + 1));
  expect_state side Last_ack;
  expect "ACK" side [ (".", iss + 2, irs + 2, 0) ]

(* {1 Resets and other attacks} *)

let test_reset () =
  let side = established () in
  give side (segment "R" ~seq:(irs + 2));
  expect_state side Established;
  expect "challenge" side [ (".", iss + 1, irs + 1, 0) ];
  give side (segment "R" ~seq:(irs + 1_000_000));
  give side (segment "R" ~seq:(irs - 5));
  expect_state side Established;
  expect "nothing" side [];
  give side (segment "R");
  expect_state side Closed;
  Alcotest.(check bool) "reset" true (side.t.failure = Some Reset);
  expect "nothing" side []

let test_reset_in_time_wait () =
  let side = established () in
  Tcp_conn.close side.t;
  ignore (outputs side);
  give side (segment "F." ~ack:(iss + 2));
  ignore (outputs side);
  give side (segment "R" ~seq:(irs + 2));
  expect_state side Time_wait

let test_syn_in_connection () =
  let side = established () in
  give side (segment "S" ~seq:(irs + 100));
  expect "challenge" side [ (".", iss + 1, irs + 1, 0) ];
  give side (segment "S" ~seq:99_999_999);
  expect "challenge" side [ (".", iss + 1, irs + 1, 0) ];
  expect_state side Established

let test_ack_of_the_unsent () =
  let side = established () in
  give side (segment "." ~ack:(iss + 500) ~data:"blind");
  expect "challenge" side [ (".", iss + 1, irs + 1, 0) ];
  Alcotest.(check string) "no data" "" (read side);
  give side (segment "." ~ack:(iss - 100_000) ~data:"blind");
  expect "challenge" side [ (".", iss + 1, irs + 1, 0) ];
  Alcotest.(check string) "no data" "" (read side)

let test_challenges_are_limited () =
  let side = established () in
  let answered = ref 0 in
  for _ = 1 to 100 do
    give side (segment "." ~seq:(irs + 5_000_000));
    answered := !answered + List.length (outputs side)
  done;
  Alcotest.(check int) "in one second" 10 !answered

let test_abort () =
  let side = established () in
  write side "unsent";
  Tcp_conn.abort side.t Aborted;
  expect "reset" side [ ("R.", iss + 1, irs + 1, 0) ];
  expect_state side Closed;
  give_refused side (segment "." ~data:"too late")

let test_wrap_around () =
  let near = 0xffff_ff00 in
  let syn = segment "S" ~seq:near ~options:(mss 1000) in
  let side = { t = Tcp_conn.accept config ~now:0. ~iss:near ~ts_offset:0 syn; now = 0. } in
  ignore (outputs side);
  let after n = (near + n) land 0xffff_ffff in
  give side (segment "." ~seq:(after 1) ~ack:(after 1));
  write side (kilo 2);
  expect "data" side
    [ (".", after 1, after 1, 1000); ("P.", after 1001, after 1, 1000) ];
  give side (segment "." ~seq:(after 1) ~ack:(after 1001) ~data:(kilo 1));
  give side (segment "." ~seq:(after 1001) ~ack:(after 2001) ~data:(kilo 1));
  expect "ACK" side [ (".", after 2001, after 2001, 0) ];
  Alcotest.(check int) "read" 2000 (String.length (read side))

(* {1 Whatever comes} *)

let any_segment =
  let open QCheck.Gen in
  let far = map Tcp_seq.of_int32 ui32 in
  let near base =
    map (Tcp_seq.add base) (oneof [ int_range (-3) 3; int_range (-70_000) 70_000; far ])
  in
  let* flags = oneofl [ "."; "."; "."; "P."; "F."; "S"; "S."; "R"; "R."; "SF"; "" ] in
  let* seq = near (irs + 1) and* ack = near (iss + 1) in
  let* win = oneof [ return 0; int_bound 0xffff ] in
  let* length = oneof [ return 0; int_bound 10; int_bound 3000 ] in
  let block = map2 (fun first n -> (first, Tcp_seq.add first n)) (near (iss + 1)) (int_range (-10) 5000) in
  let* sack = oneof [ return []; list_size (int_bound 4) block ] in
  let* timestamps = opt (pair (int_bound 5000) (int_bound 5000)) in
  let* mss = opt (int_bound 2000) and* sack_permitted = bool in
  let options = { Tcp_options.none with sack; timestamps; mss; sack_permitted } in
  return (segment flags ~seq ~ack ~win ~options ~data:(String.make length 'd'))

let any_step =
  QCheck.Gen.(
    frequency
      [
        (6, map (fun s -> `Segment s) any_segment);
        (2, map (fun n -> `Pass (ms n)) (int_bound 2000));
        (2, map (fun n -> `Write n) (int_bound 20_000));
        (1, return `Read);
        (1, return `Close);
        (1, return `Hole);
      ])

let print_step = function
  | `Segment (s : Tcp_wire.t) ->
    Printf.sprintf "[%s] seq %d ack %d win %d len %d" (text_of s.flags) s.seq s.ack s.window
      s.length
  | `Pass us -> Printf.sprintf "%d us" us
  | `Write n -> Printf.sprintf "write %d" n
  | `Read -> "read"
  | `Close -> "close"
  | `Hole -> "path"

let perform side = function
  | `Segment s -> ignore (Tcp_input.segment side.t ~now:side.now s)
  | `Pass us -> ignore (pass side us)
  | `Write n -> if Tcp_conn.can_write side.t then write side (String.make n 'w')
  | `Read -> ignore (read side)
  | `Close -> Tcp_conn.close side.t
  | `Hole -> Tcp_input.unreachable side.t ~seq:side.t.snd.una (Too_big 580)

(* What is outstanding lies between SND.UNA and SND.NXT, each octet once. *)
let accounts_for_all (t : Tcp_conn.t) =
  let board = Tcp_recovery.outstanding t.recovery in
  let sum =
    Tcp_scoreboard.(in_flight board + lost board + sacked board)
  in
  let is_open = not (t.state = Syn_sent || t.state = Syn_received || t.state = Closed) in
  let expected = if is_open then Tcp_seq.diff t.snd.nxt t.snd.una else 0 in
  sum = expected && Tcp_scoreboard.in_flight board >= 0 && Tcp_scoreboard.lost board >= 0

let holds (t : Tcp_conn.t) =
  Tcp_seq.leq t.snd.una t.snd.nxt
  && Tcp_seq.leq t.snd.nxt t.snd.max
  && Tcp_receive_queue.length t.rcv.pieces <= t.rcv.capacity + 0xffff
  && Tcp_congestion.window t.congestion >= t.snd.mss
  && Tcp_timer.deadline t > 0.
  && accounts_for_all t

let law ~start steps =
  let side = start () in
  List.iter
    (fun step ->
      perform side step;
      let sent = outputs side in
      if List.length sent > 500 then QCheck.Test.fail_report "too much output";
      if not (holds side.t) then QCheck.Test.fail_report "inconsistent")
    steps;
  Tcp_conn.abort side.t Aborted;
  ignore (read side);
  if Memory_budget.held side.t.account <> Tcp_conn.cost then
    QCheck.Test.fail_report "memory is kept";
  Memory_budget.close_account side.t.account;
  true

let any_steps =
  QCheck.make ~print:QCheck.Print.(list print_step) ~shrink:QCheck.Shrink.list
    QCheck.Gen.(list_size (int_bound 60) any_step)

let case name f = Alcotest.test_case name `Quick f

let suite =
  [
    case "passive open" test_passive_open;
    case "active open" test_active_open;
    case "active open with data and FIN" test_active_open_with_data;
    case "refused" test_refused;
    case "forged refusal" test_forged_refusal;
    case "SYN-SENT: wrong ACK" test_syn_sent_bad_ack;
    case "simultaneous open" test_simultaneous_open;
    case "simultaneous open, ended by an ACK" test_simultaneous_open_by_ack;
    case "SYN again" test_syn_retransmission;
    case "SYN-ACK again" test_syn_ack_retransmission;
    case "SYN-RECEIVED: reset" test_syn_received_reset;
    case "SYN-RECEIVED: wrong ACK" test_syn_received_bad_ack;
    case "after a lost SYN" test_after_lost_syn;
    case "options answered" test_options_answered;
    case "options not offered" test_options_not_offered;
    case "absurd MSS" test_absurd_mss;
    case "window scale" test_window_scale;
    case "wrapped sequence numbers" test_wrapped_sequence_numbers;
    case "delayed ACK" test_delayed_ack;
    case "out of order" test_out_of_order;
    case "overlaps" test_overlaps;
    case "own window" test_window_is_respected;
    case "own window closed" test_zero_window;
    case "no silly windows" test_no_silly_window;
    case "small pieces" test_small_pieces_are_joined;
    case "initial window" test_initial_window;
    case "super segment" test_super_segment;
    case "PSH and FIN" test_push_and_fin_at_the_end;
    case "peer's window" test_peer_window;
    case "fast retransmit" test_fast_retransmit;
    case "SACK: offered and answered" test_sack_offered;
    case "SACK: holes" test_sack_holes;
    case "RACK: reordering" test_rack_waits_for_the_reordered;
    case "RACK: a retransmission is lost" test_lost_retransmission;
    case "TLP" test_tail_probe;
    case "a loss that was none" test_undo;
    case "retransmission and the peer's window" test_retransmission_within_the_window;
    case "SACK: blocks are told" test_blocks_are_told;
    case "no false fast retransmit" test_no_false_fast_retransmit;
    case "timeout" test_timeout_and_back_off;
    case "black hole" test_black_hole;
    case "Karn's algorithm" test_karn;
    case "user timeout" test_user_timeout;
    case "persist" test_persist;
    case "persist: probe taken" test_persist_probe_taken;
    case "persist: peer gone" test_persist_peer_gone;
    case "Nagle's algorithm" test_nagle;
    case "keep-alive" test_keepalive;
    case "keep-alive answered" test_keepalive_answered;
    case "path MTU" test_path_mtu;
    case "unreachable while opening" test_unreachable_while_opening;
    case "peer closes first" test_peer_closes_first;
    case "we close first" test_we_close_first;
    case "FIN and ACK together" test_fin_and_ack_together;
    case "simultaneous close" test_simultaneous_close;
    case "FIN out of order" test_fin_out_of_order;
    case "FIN lost" test_fin_lost;
    case "close while opening" test_close_while_opening;
    case "orphan" test_orphan;
    case "FIN again, data behind FIN" test_fin_in_every_state;
    case "reset" test_reset;
    case "reset in TIME-WAIT" test_reset_in_time_wait;
    case "SYN within a connection" test_syn_in_connection;
    case "ACK of the unsent" test_ack_of_the_unsent;
    case "challenges are limited" test_challenges_are_limited;
    case "abort" test_abort;
    case "wrap-around" test_wrap_around;
    Property.case "anything on an established connection" ~count:1000 any_steps
      (law ~start:(fun () -> established ()));
    Property.case "anything where SACK, timestamps and BBR are in use" ~count:1000
      any_steps
      (law ~start:(fun () ->
           let options = { with_sack with timestamps = Some (100, 0) } in
           let side = passive ~config:Tcp_config.default ~options () in
           ignore (outputs side);
           give side (segment "." ~options:(stamped 101 0));
           side));
    Property.case "anything on a passive open" ~count:500 any_steps
      (law ~start:(fun () -> passive ()));
    Property.case "anything on an active open" ~count:500 any_steps
      (law ~start:(fun () -> active ()));
  ]
