(* SPDX-License-Identifier: ISC *)

(* One channel to the program, whose lines are collected. *)
let said = Buffer.create 256
let queued = ref 0

let connect () =
  Control.install ~now:(fun () -> 1.);
  Control_channel.connect
    { send = Buffer.add_string said; queued = (fun () -> !queued) }

let answers give text =
  Buffer.clear said;
  give text;
  String.split_on_char '\n' (Buffer.contents said) |> List.filter (( <> ) "")

let check give text expected =
  Alcotest.(check (list string)) (String.escaped text) expected (answers give text)

let requests () =
  let give = connect () in
  check give "1 dance\r\n" [ "1 error there is no request \"dance\"" ];
  check give "\n\r\n" [];
  check give "2 no" [];
  check give "pe\n3 nope\n4" [ "2 error there is no request \"nope\""; "3 error there is no request \"nope\"" ];
  check give "\n" [ "4 error there is no request \"\"" ];
  check give (String.make 100_000 'x' ^ "\n") [];
  check give "5 stop 4\n" [ "5 error there is no request 4" ]

let health () =
  let give = connect () in
  check give "1 health\n" [ "1 ok {}" ];
  let later = ref ignore in
  Health.set_check (fun tell -> later := tell);
  check give "2 health\n3 nope\n" [ "3 error there is no request \"nope\"" ];
  check (fun _ -> !later (Some "no \"till\"")) "" [ {|2 ok {"problem":"no \"till\""}|} ];
  Health.set_check (fun tell -> tell None)

let has part whole =
  let n = String.length part in
  let rec search i =
    i + n <= String.length whole && (String.sub whole i n = part || search (i + 1))
  in
  search 0

let figures () =
  let give = connect () in
  Net_counters.(increment (counter "TcpInSegs"));
  Program_metrics.install ~now:(fun () -> 1.);
  match answers give "a stats\nb netstat\nc metrics\n" with
  | [ stats; netstat; metrics ] ->
      List.iter
        (fun part -> Alcotest.(check bool) part true (has part stats))
        [ "a ok {\"uptime\":0,"; "\"cpu\":null"; "\"connections\":0"; "\"requests\":0" ];
      Alcotest.(check bool) netstat true (has "\"TcpInSegs\":1" netstat);
      Alcotest.(check bool) metrics true (has "mirage_net_tcp_in_segs_total 1" metrics)
  | lines -> Alcotest.fail (String.concat "|" lines)

let names () =
  let check name expected =
    ignore (Net_counters.counter name);
    Alcotest.(check string) name ("mirage_net_" ^ expected) (Program_metrics.name_of_net name)
  in
  check "TcpInSegs" "tcp_in_segs_total";
  check "Ip6InReceives" "ip6_in_receives_total";
  check "IpReasmOKs" "ip_reasm_oks_total";
  check "TcpExtTCPAbortOnMemory" "tcp_ext_tcp_abort_on_memory_total";
  check "IpExtInOctets" "ip_ext_in_octets_total";
  Net_counters.gauge "TcpCurrEstab" (fun () -> 0);
  Alcotest.(check string) "a gauge" "mirage_net_tcp_curr_estab"
    (Program_metrics.name_of_net "TcpCurrEstab")

let source = Logs.Src.create "till"

let log_levels () =
  let give = connect () in
  Logs.set_level ~all:true (Some Logs.Info);
  check give "1 log-level till:debug\n" [ {|1 ok {"level":"info","sources":{"till":"debug"}}|} ];
  check give "2 log-level warning\n" [ {|2 ok {"level":"warning","sources":{}}|} ];
  check give "3 log-level quiet,till:app\n" [ {|3 ok {"level":"quiet","sources":{"till":"app"}}|} ];
  (match answers give "4 log-level debug,tyll:info\n5 log-level loud\n" with
  | [ unknown; wrong ] ->
      Alcotest.(check bool) unknown true (has "4 error no source is called tyll: there is" unknown);
      Alcotest.(check bool) wrong true (has "5 error `loud` is not a level" wrong)
  | lines -> Alcotest.fail (String.concat "|" lines));
  check give "6 log-level\n" [ {|6 ok {"level":"quiet","sources":{"till":"app"}}|} ];
  ignore source

let captures () =
  let give = connect () in
  let frame () =
    Net_capture.frame (Macaddr.of_string_exn "02:00:00:00:00:01") Sent [ Cstruct.of_string "frame" ]
  in
  let begun = answers give "1 capture\n" in
  Alcotest.(check int) "the section" 1 (List.length begun);
  Alcotest.(check bool) "pcapng" true (has "1 more Cg0NC" (List.hd begun));
  check give "2 capture\n" [ "2 error a capture runs already" ];
  Buffer.clear said;
  frame ();
  Alcotest.(check int) "interface and frame" 2
    (List.length (String.split_on_char '\n' (String.trim (Buffer.contents said))));
  queued := 10_000_000;
  frame ();
  queued := 0;
  check give "3 stop 1\n" [ {|1 ok {"frames":1,"lost":1}|}; "3 ok {}" ];
  Alcotest.(check bool) "it is over" false (Net_capture.is_running ())

let texts () =
  let check text expected =
    Alcotest.(check string) (String.escaped text) expected Json_text.(to_string (string text))
  in
  check "a\"b\\c\n\x00" {|"a\"b\\c\u000a\u0000"|};
  check "é€😀" {|"é€😀"|};
  check "a\xe2\x82b\xff\xc0\x80" {|"a\ufffd\ufffdb\ufffd\ufffd\ufffd"|};
  List.iter
    (fun (octets, expected) ->
      Alcotest.(check string) octets expected (Base64_text.encode octets))
    (* RFC 4648, section 10 *)
    [
      ("", "");
      ("f", "Zg==");
      ("fo", "Zm8=");
      ("foo", "Zm9v");
      ("foob", "Zm9vYg==");
      ("fooba", "Zm9vYmE=");
      ("foobar", "Zm9vYmFy");
    ]

let tests =
  [
    Alcotest.test_case "requests" `Quick requests;
    Alcotest.test_case "health" `Quick health;
    Alcotest.test_case "figures" `Quick figures;
    Alcotest.test_case "names" `Quick names;
    Alcotest.test_case "log levels" `Quick log_levels;
    Alcotest.test_case "captures" `Quick captures;
    Alcotest.test_case "texts" `Quick texts;
  ]
