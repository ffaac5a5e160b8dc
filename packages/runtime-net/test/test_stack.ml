(* SPDX-License-Identifier: ISC *)

(* Two whole stacks, and what happens between them. *)

open Lwt.Infix
open World

let pattern n seed = String.init n (fun i -> Char.chr (((i * 131) + (i lsr 8) + seed) land 0xff))

let describe = function
  | `Unknown reason -> reason
  | `Timeout -> "timeout"
  | `Refused -> "refused"

let rec read_all flow buffer =
  T.read flow >>= function
  | `Ok data ->
    Buffer.add_string buffer (Cstruct.to_string data);
    read_all flow buffer
  | `Eof -> Lwt.return (Buffer.contents buffer)
  | `Error e -> Lwt.fail (Failure ("connection lost: " ^ describe e))

(* Writes [data] in pieces of sizes that [sizes] goes through again and again. *)
let write_in_pieces flow data sizes =
  let n = String.length data in
  let rec go off = function
    | _ when off = n -> Lwt.return_unit
    | [] -> go off sizes
    | size :: rest ->
      let len = min size (n - off) in
      T.write flow (Cstruct.of_string ~off ~len data) >>= fun () -> go (off + len) rest
  in
  go 0 sizes

(* Both sides send, close, and read to the end. *)
let exchange ?(sizes = [ 1; 1460; 3000; 10; 65536 ]) (_, a, b) ~there ~back =
  let received, got_there = Lwt.wait () in
  S.listen_tcpv4 b ~port:80 (fun flow ->
      let sending = write_in_pieces flow back sizes >>= fun () -> T.close flow in
      read_all flow (Buffer.create 1000) >>= fun text ->
      sending >|= fun () -> Lwt.wakeup_later got_there text);
  let client =
    T.create_connection (S.tcpv4 a) (ip "10.0.0.2", 80) >>= function
    | `Error _ -> Lwt.fail (Failure "no connection")
    | `Ok flow ->
      let sending = write_in_pieces flow there sizes >>= fun () -> T.close flow in
      read_all flow (Buffer.create 1000) >>= fun text -> sending >|= fun () -> text
  in
  let text_back = run ~limit:100_000. client in
  let text_there = run ~limit:100_000. received in
  (text_there, text_back)

let no_connections_left (_, a, b) =
  elapse 40_000.;
  (T.connections (S.tcpv4 a), T.connections (S.tcpv4 b))

let check_exchange world ~there ~back =
  let text_there, text_back = exchange world ~there ~back in
  Alcotest.(check bool) "there" true (String.equal there text_there);
  Alcotest.(check bool) "back" true (String.equal back text_back);
  Alcotest.(check (pair int int)) "all gone" (0, 0) (no_connections_left world)

let test_clean () =
  check_exchange (two_stacks ()) ~there:(pattern 300_000 1) ~back:(pattern 200_000 2)

let test_empty () = check_exchange (two_stacks ()) ~there:"" ~back:""

(* A link that loses, repeats and delays what it likes, decided by [random]. *)
let bad_link random ~loss ~repeat ~jitter _ =
  let percent n = Random.State.int random 100 < n in
  let one () = delay +. (Random.State.float random 1. *. jitter) in
  if percent loss then [] else if percent repeat then [ one (); one () ] else [ one () ]

(* Gives up only for want of a peer, however bad the link. *)
let patient =
  (* Three of these are an int of 32 bits. *)
  let long = 700_000_000 in
  {
    Tcp_config.default with
    user_timeout = long;
    connect_timeout = long;
    accept_timeout = long;
    keepalive_idle = 3 * long;
    fin_wait = long;
  }

let scenario =
  QCheck.make
    ~print:(fun (seed, loss, repeat, jitter, there, back) ->
      Printf.sprintf "seed %d, loss %d%%, repeat %d%%, jitter %gs, %d there, %d back" seed
        loss repeat jitter there back)
    QCheck.Gen.(
      tup6 (int_bound 1_000_000) (int_bound 25) (int_bound 20)
        (oneofl [ 0.; 0.000_2; 0.01; 0.3 ])
        (int_bound 150_000) (int_bound 150_000))

let test_bad_links name ~offload ~count =
  Property.case name ~count scenario
    (fun (seed, loss, repeat, jitter, there, back) ->
      let ((hub, a, b) as world) = two_stacks ~offload () in
      T.set_config (S.tcpv4 a) patient;
      T.set_config (S.tcpv4 b) patient;
      hub.fate <- bad_link (Random.State.make [| seed |]) ~loss ~repeat ~jitter;
      let there = pattern there seed and back = pattern back (seed + 1) in
      let text_there, text_back = exchange world ~there ~back in
      if not (String.equal there text_there) then QCheck.Test.fail_report "there";
      if not (String.equal back text_back) then QCheck.Test.fail_report "back";
      if no_connections_left world <> (0, 0) then QCheck.Test.fail_report "left over";
      true)

(* The time of the world that [there] takes over a link with [fate]. *)
let transfer_time ~control ~fate there =
  let ((hub, a, b) as world) = two_stacks () in
  let config = { patient with congestion_control = control } in
  T.set_config (S.tcpv4 a) config;
  T.set_config (S.tcpv4 b) config;
  hub.fate <- fate;
  let before = !now in
  let text_there, _ = exchange ~sizes:[ 65536 ] world ~there ~back:"" in
  Alcotest.(check bool) "there" true (String.equal there text_there);
  !now -. before

let controls = Tcp_congestion.[ ("BBR", Bbr); ("CUBIC", Cubic); ("NewReno", New_reno) ]

(* 1 MB at 5 ms one way. Without loss it takes about ten round trips. *)
let test_random_loss () =
  let there = pattern 1_000_000 3 in
  let times control ~loss =
    List.init 5 (fun seed ->
        let random = Random.State.make [| seed |] in
        let fate _ = if Random.State.int random 100 < loss then [] else [ 0.005 ] in
        transfer_time ~control ~fate there)
  in
  let mean list = List.fold_left ( +. ) 0. list /. 5. in
  List.iter
    (fun (name, control) ->
      Alcotest.(check bool) (name ^ " without loss") true (mean (times control ~loss:0) < 0.2);
      Alcotest.(check bool) (name ^ " at 2 %") true (mean (times control ~loss:2) < 2.5))
    controls;
  Alcotest.(check bool) "BBR at 10 %" true (mean (times Bbr ~loss:10) < 1.5);
  Alcotest.(check bool) "BBR at 20 %" true (mean (times Bbr ~loss:20) < 5.)

(* A link of 1 octet a microsecond, 5 ms long, whose queue holds [room] octets. *)
let bottleneck ~room ~lost =
  let free_at = ref 0. in
  fun frame ->
    let length = float_of_int (Cstruct.length frame) in
    let start = Float.max !now !free_at in
    if (start -. !now) *. 1e6 > room then begin
      incr lost;
      []
    end
    else begin
      free_at := start +. (length *. 1e-6);
      [ !free_at -. !now +. 0.005 ]
    end

let test_bottleneck () =
  let there = pattern 4_000_000 4 in
  List.iter
    (fun (name, control) ->
      let lost = ref 0 in
      let time = transfer_time ~control ~fate:(bottleneck ~room:20_000. ~lost) there in
      (* It takes 4.1 s at least. *)
      Alcotest.(check bool) (name ^ " fills it") true (time < 6.5);
      Alcotest.(check bool)
        (Printf.sprintf "%s doesn't overflow it much: %d of 2,740 lost" name !lost)
        true (!lost < 500))
    controls

(* What the sender's interface was given of an exchange. *)
let frames_of ~offload =
  let ((hub, a, _) as world) = two_stacks ~offload () in
  let longest = ref 0 and wrong = ref 0 in
  (hub.fate <-
    fun frame ->
      longest := max !longest (Cstruct.length frame);
      (match Ipv4_wire.parse (Cstruct.shift frame 14) with
       | Some { proto = 6; src; dst; payload; _ } ->
         if Tcp_wire.parse ~addresses:(Inet_checksum.addresses ~src ~dst) payload = None then incr wrong
       | Some _ | None -> ());
      deliver_all frame);
  let there = pattern 300_000 1 in
  let text_there, _ = exchange ~sizes:[ 65536 ] world ~there ~back:"" in
  Alcotest.(check bool) "there" true (String.equal there text_there);
  let interface = (S.id a).V1_LWT.interface in
  (Int32.to_int (Netif.get_stats_counters interface).tx_pkts, !longest, !wrong)

let test_offload () =
  let frames, longest, wrong = frames_of ~offload:false in
  Alcotest.(check (pair int int)) "without" (1514, 0) (longest, wrong);
  let with_frames, longest, wrong = frames_of ~offload:true in
  Alcotest.(check bool) "long segments" true (longest > 30_000 && longest <= 14 + 65_535);
  Alcotest.(check bool) "fewer frames" true (with_frames * 4 < frames);
  Alcotest.(check bool) "checksums are left out" true (wrong > 0)

(* A frame's checksum field when it is left out: the sum of the pseudo header. *)
let test_partial_checksum () =
  let src = ip "10.0.0.1" and dst = ip "10.0.0.2" in
  let payload = [ Cstruct.of_string "odd"; Cstruct.of_string "ity" ] in
  let s =
    {
      Tcp_wire.src_port = 1; dst_port = 2; seq = 3; ack = 4; window = 5; payload; length = 6;
      flags = Tcp_wire.flags ~ack:true (); options = Tcp_options.none;
    }
  in
  let written ~whole_checksum =
    let buf = Cstruct.create 20 in
    Tcp_wire.write ~whole_checksum buf ~addresses:(Inet_checksum.addresses ~src ~dst) s;
    Cstruct.concat (buf :: payload)
  in
  let partial = written ~whole_checksum:false in
  (* As an interface completes it: over all from the TCP header on. *)
  Cstruct.BE.set_uint16 partial 16 Inet_checksum.(finish (add 0 partial));
  Alcotest.(check string) "completed"
    (Cstruct.to_string (written ~whole_checksum:true))
    (Cstruct.to_string partial)

let test_own_address () =
  let _, a, _ = two_stacks ~offload:true () in
  S.listen_tcpv4 a ~port:7 (fun flow -> read_all flow (Buffer.create 10) >>= fun _ -> T.close flow);
  let talk () =
    T.create_connection (S.tcpv4 a) (ip "10.0.0.1", 7) >>= function
    | `Error e -> Lwt.return (describe e)
    | `Ok flow ->
      T.write flow (Cstruct.create 100_000) >>= fun () ->
      T.close flow >>= fun () -> read_all flow (Buffer.create 10)
  in
  Alcotest.(check string) "no error" "" (run (talk ()))

let case name f = Alcotest.test_case name `Quick f

let suite =
  [
    case "a clean link" test_clean;
    case "nothing to send" test_empty;
    test_bad_links "any link delivers the exact octets" ~offload:false ~count:60;
    case "random loss" test_random_loss;
    case "a bottleneck" test_bottleneck;
    case "interfaces that segment and compute checksums" test_offload;
    test_bad_links "the same with such interfaces" ~offload:true ~count:20;
    case "a checksum that is left out" test_partial_checksum;
    case "such an interface's own address" test_own_address;
  ]
