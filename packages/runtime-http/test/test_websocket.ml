(* SPDX-License-Identifier: ISC *)

(* The server's side of WebSocket, frame by frame. *)

open Lwt.Infix
open Support
module H = HTTP.Make (Channel_stub)
module W = HTTP.Websocket

(* Answers with what it is told, and notes how it was closed. *)
let ended = ref None

let echo _ request _ =
  W.upgrade ~protocols:[ "b"; "c" ] ~max_message:100_000 request (fun socket ->
      let rec loop () =
        W.receive socket >>= function
        | Some (Text "boom") -> failwith "boom"
        | Some (Text "bye") -> W.close ~code:4000 ~reason:"enough" socket >>= loop
        | Some message -> W.send socket message >>= loop
        | None ->
            ended := W.closed_by_peer socket;
            Lwt.return_unit
      in
      loop ())

let talk pieces =
  let rest = ref pieces and written = Buffer.create 256 in
  let read () =
    match !rest with
    | [] -> Lwt.return_none
    | piece :: others ->
        rest := others;
        Lwt.return_some (Cstruct.of_string piece)
  in
  let write parts =
    List.iter (fun part -> Buffer.add_string written (Cstruct.to_string part)) parts;
    Lwt.return_unit
  in
  let close () = Lwt.return_unit in
  ended := None;
  H.Server.listen (HTTP.Server.make ~callback:echo ()) { Channel_stub.read; write; close }
  >|= fun () -> Buffer.contents written

let key = "dGhlIHNhbXBsZSBub25jZQ=="

let handshake ?(line = "GET /chat HTTP/1.1") ?(upgrade = "WebSocket") ?(connection = "keep-alive, Upgrade")
    ?(version = "13") ?(key = key) ?(more = "") () =
  Printf.sprintf
    "%s\r\nHost: a\r\nUpgrade: %s\r\nConnection: %s\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Version: %s\r\n%s\r\n"
    line upgrade connection key version more

(* RFC 6455, section 1.3. *)
(* With header fields in the order that this version of cohttp gives them. *)
let accepted more =
  let fields =
    (("connection", "upgrade") :: more)
    @ [ ("upgrade", "websocket"); ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") ]
  in
  "HTTP/1.1 101 Switching Protocols\r\n"
  ^ String.concat "" (Cohttp.Header.to_lines (Cohttp.Header.of_list fields))
  ^ "\r\n"

(* A client's frame. [first] is FIN, the reserved bits and the opcode. *)
let frame ?(mask = true) ?length first payload =
  let key = "\x12\x34\x56\x78" in
  let n = String.length payload in
  let head = Buffer.create 14 in
  Buffer.add_uint8 head first;
  let bit = if mask then 0x80 else 0 in
  let length = Option.value length ~default:(if n < 126 then `Short else if n < 65_536 then `Medium else `Long) in
  (match length with
  | `Short -> Buffer.add_uint8 head (bit lor n)
  | `Medium ->
      Buffer.add_uint8 head (bit lor 126);
      Buffer.add_uint16_be head n
  | `Long ->
      Buffer.add_uint8 head (bit lor 127);
      Buffer.add_int64_be head (Int64.of_int n)
  | `Claimed claimed ->
      Buffer.add_uint8 head (bit lor 127);
      Buffer.add_int64_be head claimed);
  if mask then Buffer.add_string head key;
  let masked i c = if mask then Char.chr (Char.code c lxor Char.code key.[i land 3]) else c in
  Buffer.contents head ^ String.mapi masked payload

(* A server's. *)
let reply first payload =
  let n = String.length payload in
  let head = Buffer.create 10 in
  Buffer.add_uint8 head first;
  if n < 126 then Buffer.add_uint8 head n
  else if n < 65_536 then (Buffer.add_uint8 head 126; Buffer.add_uint16_be head n)
  else (Buffer.add_uint8 head 127; Buffer.add_int64_be head (Int64.of_int n));
  Buffer.contents head ^ payload

let text = 0x81 and binary = 0x82 and close = 0x88 and ping = 0x89 and pong = 0x8a
let code n reason = Printf.sprintf "%c%c%s" (Char.chr (n lsr 8)) (Char.chr (n land 255)) reason
let good_bye = frame close (code 1000 "")

let check what frames expected =
  let input = handshake () ^ String.concat "" frames in
  let expected = accepted [] ^ String.concat "" expected in
  talk [ input ] >>= fun written ->
  Alcotest.(check string) what expected written;
  talk (List.init (String.length input) (fun i -> String.make 1 input.[i])) >|= fun written ->
  Alcotest.(check string) (what ^ ", octet by octet") expected written

let rec all = function [] -> Lwt.return_unit | test :: rest -> test () >>= fun () -> all rest

let messages () =
  let large = String.make 70_000 'x' and medium = String.make 300 'y' in
  let bye = reply close (code 1000 "") in
  all
    [
      (fun () -> check "text" [ frame text "h\xc3\xa4"; good_bye ] [ reply text "h\xc3\xa4"; bye ]);
      (fun () -> check "binary" [ frame binary "\x00\xff"; good_bye ] [ reply binary "\x00\xff"; bye ]);
      (fun () -> check "empty" [ frame text ""; good_bye ] [ reply text ""; bye ]);
      (fun () -> check "medium" [ frame text medium; good_bye ] [ reply text medium; bye ]);
      (fun () -> check "large" [ frame binary large; good_bye ] [ reply binary large; bye ]);
      (fun () ->
        check "fragments, and a ping between"
          [ frame 0x01 "a\xc3"; frame ping "?"; frame 0x00 ""; frame 0x80 "\xa4b"; good_bye ]
          [ reply pong "?"; reply text "a\xc3\xa4b"; bye ]);
      (fun () -> check "a pong that nobody asked for" [ frame pong "!"; good_bye ] [ bye ]);
    ]

let closing () =
  let closed what payload expected seen () =
    check what [ frame close payload ] [ reply close expected ] >|= fun () ->
    Alcotest.(check (option (pair int string))) what seen !ended
  in
  all
    [
      closed "with a reason" (code 1001 "gone") (code 1001 "") (Some (1001, "gone"));
      closed "without a code" "" "" None;
      closed "a code of its own" (code 4999 "") (code 4999 "") (Some (4999, ""));
      closed "half a code" "\x03" (code 1002 "the Close frame is malformed") None;
      closed "a code that must not be sent" (code 1005 "") (code 1002 "the Close frame is malformed") None;
      closed "a code of nobody" (code 999 "") (code 1002 "the Close frame is malformed") None;
      closed "a reason that is no text" (code 1000 "\xff") (code 1007 "the Close frame is malformed") None;
      (fun () ->
        check "by the server" [ frame text "bye"; frame text "late"; good_bye ]
          [ reply close (code 4000 "enough") ]);
      (fun () ->
        logged (fun () -> talk [ handshake () ^ frame text "boom" ^ good_bye ]) >|= fun (written, lines) ->
        Alcotest.(check string) "a failing handler" (accepted [] ^ reply close (code 1011 "")) written;
        Alcotest.(check int) "logged" 1 (List.length lines));
    ]

let violations () =
  let fails what frames code_and_reason () = check what frames [ reply close code_and_reason ] in
  all
    [
      fails "no mask" [ frame ~mask:false text "a" ] (code 1002 "the frame is not masked");
      fails "a reserved bit" [ frame 0xc1 "a" ] (code 1002 "a reserved bit is set");
      fails "an unknown opcode" [ frame 0x83 "a" ] (code 1002 "the opcode is unknown");
      fails "an unknown control opcode" [ frame 0x8b "a" ] (code 1002 "the opcode is unknown");
      fails "a ping in fragments" [ frame 0x09 "a" ] (code 1002 "a control frame is a fragment");
      fails "a long ping" [ frame ping (String.make 126 'a') ] (code 1002 "a control frame is too long");
      fails "a continuation of nothing" [ frame 0x80 "a" ] (code 1002 "nothing is to be continued");
      fails "a message within another" [ frame 0x01 "a"; frame text "b" ]
        (code 1002 "a message begins within another");
      fails "no UTF-8" [ frame text "\xed\xa0\x80" ] (code 1007 "the text is not UTF-8");
      fails "no UTF-8 in fragments" [ frame 0x01 "\xc3"; frame 0x80 "x" ] (code 1007 "the text is not UTF-8");
      fails "too long" [ frame binary (String.make 100_001 'a') ] (code 1009 "the message is too long");
      fails "too long in fragments" [ frame 0x02 (String.make 60_000 'a'); frame 0x80 (String.make 60_000 'a') ]
        (code 1009 "the message is too long");
      fails "a length of 2^62" [ frame ~length:(`Claimed 0x4000_0000_0000_0000L) text "" ]
        (code 1009 "the message is too long");
      fails "a negative length" [ frame ~length:(`Claimed (-1L)) text "" ] (code 1002 "the length is too large");
      fails "a long length for few octets" [ frame ~length:`Medium text "a" ]
        (code 1002 "the length takes more octets than needed");
      fails "a longer one" [ frame ~length:`Long text (String.make 300 'a') ]
        (code 1002 "the length takes more octets than needed");
    ]

let handshakes () =
  let refused what request status part () =
    talk [ request ] >|= fun written ->
    Alcotest.(check string) what status (String.sub written 9 3);
    check_contains what part written
  in
  all
    [
      (fun () ->
        talk [ handshake ~more:"Sec-WebSocket-Protocol: a, c, b\r\n" () ] >|= fun written ->
        Alcotest.(check string) "a subprotocol" (accepted [ ("sec-websocket-protocol", "c") ])
          (String.sub written 0 (String.length (accepted [ ("sec-websocket-protocol", "c") ]))));
      refused "POST" (handshake ~line:"POST / HTTP/1.1" ()) "426" "upgrade: websocket";
      refused "HTTP/1.0" (handshake ~line:"GET / HTTP/1.0" ()) "426" "upgrade: websocket";
      refused "another protocol" (handshake ~upgrade:"h2c" ()) "426" "upgrade: websocket";
      refused "no upgrade of the connection" (handshake ~connection:"keep-alive" ()) "426" "upgrade: websocket";
      refused "another version" (handshake ~version:"8" ()) "426" "sec-websocket-version: 13\r\n";
      refused "a short key" (handshake ~key:"dGhl" ()) "400" "the key";
      refused "no key" (handshake ~key:"" ()) "400" "the key";
      refused "a key that is no Base64" (handshake ~key:"dGhlIHNhbXBsZSBub25jZQ=*" ()) "400" "the key";
    ]

let any_frames =
  let piece =
    QCheck.Gen.(
      oneof
        [
          map2 frame (oneofl [ 0x01; 0x00; 0x80; 0x81; 0x82; 0x88; 0x89; 0x8a; 0x83; 0xc1 ]) (string_size ~gen:char (0 -- 130));
          string_size ~gen:char (0 -- 20);
        ])
  in
  QCheck.Test.make ~name:"any frames end in an end" ~count:2_000
    (QCheck.make ~print:(fun l -> String.escaped (String.concat "|" l)) QCheck.Gen.(list_size (0 -- 12) piece))
    (fun frames ->
      let written, lines = run (logged (fun () -> talk (handshake () :: frames))) in
      lines = [] && String.starts_with ~prefix:(accepted []) written)

let suite =
  ( "websocket",
    [
      lwt_case "handshakes" handshakes;
      lwt_case "messages" messages;
      lwt_case "closing" closing;
      lwt_case "violations" violations;
      case "any frames" (fun () -> QCheck.Test.check_exn any_frames);
    ] )
