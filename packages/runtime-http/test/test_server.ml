(* SPDX-License-Identifier: ISC *)

(* The server over a scripted channel: what it writes, and in which pieces. *)

open Lwt.Infix
open Support
module H = HTTP.Make (Channel_stub)
module Body = Cohttp_lwt.Body

(* What happened to a connection. *)
type seen = {
  writes : string list;
  closed : bool;
  ended : int;  (** calls of [conn_closed] *)
  requests : string list;
}

let respond_ok body = HTTP.Server.respond_string ~status:`OK ~body ()

(* Answers with what it was asked. *)
let mirror _ request body =
  Body.to_string body >>= fun body ->
  respond_ok
    (Printf.sprintf "%s %s %s"
       (Cohttp.Code.string_of_method (Cohttp.Request.meth request))
       (Cohttp.Request.resource request) body)

(* Serves a connection on which [input] arrives piece by piece, and then the end. *)
let serve ?(callback = mirror) ?(write = fun _ -> Lwt.return_unit) input =
  let rest = ref input and writes = ref [] and closed = ref false in
  let ended = ref 0 and requests = ref [] in
  let read () =
    Lwt.pause () >|= fun () ->
    match !rest with
    | [] -> None
    | piece :: others ->
        rest := others;
        Some (Cstruct.of_string piece)
  in
  let flow =
    {
      Channel_stub.read;
      write =
        (fun parts ->
          if parts <> [] then writes := Cstruct.copyv parts :: !writes;
          write (List.length !writes));
      close =
        (fun () ->
          closed := true;
          Lwt.return_unit);
    }
  in
  let callback conn request body =
    requests := Cohttp.Request.resource request :: !requests;
    callback conn request body
  in
  let server = { H.Server.callback; conn_closed = (fun _ -> incr ended) } in
  H.Server.listen server flow >|= fun () ->
  {
    writes = List.rev !writes;
    closed = !closed;
    ended = !ended;
    requests = List.rev !requests;
  }

let get ?(version = "1.1") ?(headers = "") path =
  Printf.sprintf "GET %s HTTP/%s\r\nHost: a\r\n%s\r\n" path version headers

let ok ?(headers = "") body =
  Printf.sprintf "HTTP/1.1 200 OK\r\n%scontent-length: %d\r\n\r\n%s" headers
    (String.length body) body

let check_writes what expected { writes; closed; ended; _ } =
  Alcotest.(check (list string)) what expected writes;
  Alcotest.(check bool) (what ^ ": closed") true closed;
  Alcotest.(check int) (what ^ ": conn_closed") 1 ended

let status_of write = String.sub write 9 3

let check_statuses what expected { writes; _ } =
  Alcotest.(check (list string)) what expected (List.map status_of writes)

let one_write () =
  serve [ get "/x" ] >|= check_writes "head and body" [ ok "GET /x " ]

let keep_alive () =
  serve [ get "/1"; get "/2"; "\r\n" ^ get "/3" ]
  >|= check_writes "one after the other" [ ok "GET /1 "; ok "GET /2 "; ok "GET /3 " ]

let pipelined () =
  let paths = List.init 100 (Printf.sprintf "/%d") in
  serve [ String.concat "" (List.map get paths) ]
  >|= check_writes "in order" (List.map (fun p -> ok ("GET " ^ p ^ " ")) paths)

let octet_by_octet () =
  let input = get "/slow" ^ "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc" in
  serve (List.init (String.length input) (fun i -> String.make 1 input.[i]))
  >|= check_writes "octet by octet" [ ok "GET /slow "; ok "POST / abc" ]

let close = "connection: close\r\n"

let closes () =
  serve [ get ~headers:"Connection: Close\r\n" "/1"; get "/2" ]
  >|= check_writes "asked by the client" [ ok ~headers:close "GET /1 " ]
  >>= fun () ->
  serve [ get ~version:"1.0" "/1"; get "/2" ]
  >|= check_writes "HTTP/1.0" [ ok ~headers:close "GET /1 " ]
  >>= fun () ->
  serve [ get ~version:"1.0" ~headers:"Connection: keep-alive\r\n" "/1"; get ~version:"1.0" "/2" ]
  >|= check_writes "HTTP/1.0, kept"
        [ ok ~headers:"connection: keep-alive\r\n" "GET /1 "; ok ~headers:close "GET /2 " ]
  >>= fun () ->
  let callback _ _ _ =
    let headers = Cohttp.Header.init_with "connection" "close" in
    HTTP.Server.respond_string ~headers ~status:`OK ~body:"" ()
  in
  serve ~callback [ get "/1"; get "/2" ]
  >|= check_writes "asked by the callback" [ ok ~headers:close "" ]

let head () =
  let request meth path = Printf.sprintf "%s %s HTTP/1.1\r\nhost: a\r\n\r\n" meth path in
  let callback _ request _ =
    match Cohttp.Request.resource request with
    | "/string" -> respond_ok "12345"
    | _ ->
        let body = Body.of_stream (Lwt_stream.from (fun () -> Alcotest.fail "read")) in
        HTTP.Server.respond ~status:`OK ~body ()
  in
  serve ~callback [ request "HEAD" "/string"; request "HEAD" "/stream" ]
  >|= check_writes "heads only"
        [
          "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        ]

let no_content () =
  let callback _ request _ =
    match Cohttp.Request.resource request with
    | "/204" -> HTTP.Server.respond ~status:`No_content ~body:`Empty ()
    | _ -> HTTP.Server.respond_string ~status:`Not_modified ~body:"not to be sent" ()
  in
  serve ~callback [ get "/204"; get "/304" ]
  >|= check_writes "no body"
        [ "HTTP/1.1 204 No Content\r\n\r\n"; "HTTP/1.1 304 Not Modified\r\n\r\n" ]

let chunked body =
  "POST /c HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n" ^ body

let chunked_request () =
  serve
    [
      chunked "3\r\nabc\r\nA;ext=\"x\"\r\n0123456789\r\n0\r\ntrailer: x\r\n\r\n" ^ get "/next";
      "POST /c HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: chunked\r\n\r\n"; "1"; "\r"; "\nx"; "\r\n0\r\n\r";
      "\n"; get "/last";
    ]
  >|= check_writes "chunks"
        [ ok "POST /c abc0123456789"; ok "GET /next "; ok "POST /c x"; ok "GET /last " ]

let bad_chunks () =
  Lwt_list.iter_s
    (fun body ->
      serve [ chunked body; get "/never" ] >|= fun seen ->
      check_statuses body [ "400" ] seen;
      Alcotest.(check (list string)) body [ "/c" ] seen.requests)
    [
      "x\r\n"; "\r\n"; "-1\r\n"; "0x1\r\na\r\n"; "3\r\nabcd\r\n0\r\n\r\n"; "1 1\r\n"; "ffffffffffffffff\r\n";
      String.make 10_000 '1'; "1;" ^ String.make 10_000 'x' ^ "\r\n";
      "0\r\n" ^ String.concat "" (List.init 200 (fun _ -> "a: b\r\n"));
    ]

let get_with_body () =
  serve [ "GET /1 HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nGET /" ^ get "/2" ]
  >|= check_writes "not the next request" [ ok "GET /1 GET /"; ok "GET /2 " ]

let post ?(headers = "") length =
  Printf.sprintf "POST /p HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n%s\r\n" length headers

let ignoring _ _ _ = respond_ok "ignored"

let unread_body () =
  serve ~callback:ignoring [ post 6; "abc"; "def"; get "/next" ]
  >|= check_writes "skipped" [ ok "ignored"; ok "ignored" ]
  >>= fun () ->
  serve ~callback:ignoring
    ([ post 10_000_000 ] @ List.init 1_000 (fun _ -> String.make 10_000 'x') @ [ get "/next" ])
  >|= check_writes "too long to skip" [ ok ~headers:close "ignored" ]

let expectation = "Expect: 100-continue\r\n"
let go_on = "HTTP/1.1 100 Continue\r\n\r\n"

let expects () =
  serve [ post ~headers:expectation 3; "abc"; get "/next" ]
  >|= check_writes "told to go on" [ go_on; ok "POST /p abc"; ok "GET /next " ]
  >>= fun () ->
  serve [ post ~headers:expectation 3 ^ "abc" ]
  >|= check_writes "body is there already" [ ok "POST /p abc" ]
  >>= fun () ->
  serve ~callback:ignoring [ post ~headers:expectation 3; get "/never" ]
  >|= check_writes "nobody wants it" [ ok ~headers:close "ignored" ]

let malformed () =
  Lwt_list.iter_s
    (fun input ->
      serve [ input; get "/never" ] >|= fun seen ->
      check_statuses input [ "400" ] seen;
      Alcotest.(check (list string)) input [] seen.requests;
      check_contains "says that it closes" close (List.hd seen.writes);
      Alcotest.(check bool) "closed" true seen.closed)
    [ "rubbish\r\n\r\n"; "GET / HTTP/1.1\r\nno colon\r\n\r\n"; "\x16\x03\x01\x00\n\n" ]

let too_long () =
  let line = "x: " ^ String.make 1_000 'x' ^ "\r\n" in
  serve ("GET / HTTP/1.1\r\n" :: List.init 100 (fun _ -> line)) >|= check_statuses "headers" [ "431" ]
  >>= fun () ->
  serve (List.init 100 (fun _ -> String.make 1_000 'x')) >|= check_statuses "line" [ "414" ]

let vanished () =
  Lwt_list.iter_s
    (fun input ->
      logged (fun () -> serve input) >|= fun (seen, lines) ->
      check_writes "no answer" [] seen;
      Alcotest.(check (list string)) "nobody's failure" [] lines)
    [ []; [ "GET / HT" ]; [ "GET / HTTP/1.1\r\nhost: a\r\n" ]; [ post 10; "abc" ];
      [ chunked "a\r\nabc" ]; [ chunked "3\r\nabc\r\n" ] ]

let gone_while_writing () =
  let endless = Body.of_stream (Lwt_stream.from_direct (fun () -> Some (String.make 65_536 'x'))) in
  let callback _ _ _ = HTTP.Server.respond ~status:`OK ~body:endless () in
  let write n = if n < 5 then Lwt.pause () else Lwt.fail_with "connection reset" in
  logged (fun () -> serve ~callback ~write [ get "/" ]) >|= fun (seen, lines) ->
  Alcotest.(check int) "stops" 5 (List.length seen.writes);
  Alcotest.(check int) "conn_closed" 1 seen.ended;
  Alcotest.(check (list string)) "nobody's failure" [] lines

let failing_callback () =
  let callback _ request _ =
    match Cohttp.Request.resource request with
    | "/raise" -> failwith "raised"
    | "/fail" -> Lwt.pause () >>= fun () -> Lwt.fail Not_found
    | "/header" ->
        let headers = Cohttp.Header.init_with "x" "a\r\nset-cookie: b" in
        HTTP.Server.respond ~headers ~status:`OK ~body:`Empty ()
    | _ -> respond_ok "fine"
  in
  logged (fun () -> serve ~callback (List.map get [ "/raise"; "/fail"; "/header"; "/" ]))
  >|= fun (seen, lines) ->
  check_statuses "goes on" [ "500"; "500"; "500"; "200" ] seen;
  List.iter2 (check_contains "log") [ "GET /raise: the handler: Failure(\"raised\")"; "Not_found"; "Invalid_header" ] lines

let stream pieces = Body.of_stream (Lwt_stream.of_list pieces)

let streams () =
  let callback _ request _ =
    match Cohttp.Request.resource request with
    | "/chunks" -> HTTP.Server.respond ~status:`OK ~body:(stream [ "abc"; ""; "0123456789abcdef" ]) ()
    | "/length" ->
        let headers = Cohttp.Header.init_with "content-length" "6" in
        HTTP.Server.respond ~headers ~status:`OK ~body:(stream [ "abc"; "def" ]) ()
    | "/strings" -> HTTP.Server.respond ~status:`OK ~body:(`Strings [ "ab"; "c" ]) ()
    | _ -> HTTP.Server.respond ~status:`OK ~body:(stream []) ()
  in
  serve ~callback (List.map get [ "/chunks"; "/length"; "/strings"; "/empty" ])
  >|= check_writes "each one write"
        [
          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n";
          ok "abcdef"; ok "abc";
          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
        ]
  >>= fun () ->
  serve ~callback [ get ~version:"1.0" "/chunks" ]
  >|= check_writes "no chunks in HTTP/1.0"
        [ "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc0123456789abcdef" ]

let waits_for_nobody () =
  let body, push = Lwt_stream.create () in
  let callback _ _ _ = HTTP.Server.respond ~status:`OK ~body:(Body.of_stream body) () in
  let write = function
    | 1 -> push (Some "first"); Lwt.return_unit
    | 2 -> push (Some "second"); push None; Lwt.return_unit
    | _ -> Lwt.return_unit
  in
  serve ~callback ~write [ get "/" ]
  >|= check_writes "sent as they come"
        [ "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"; "5\r\nfirst\r\n"; "6\r\nsecond\r\n0\r\n\r\n" ]

let wrong_length () =
  let callback _ request _ =
    let headers = Cohttp.Header.init_with "content-length" "5" in
    let pieces = if Cohttp.Request.resource request = "/short" then [ "abc" ] else [ "abc"; "defg" ] in
    HTTP.Server.respond ~headers ~status:`OK ~body:(stream pieces) ()
  in
  Lwt_list.iter_s
    (fun path ->
      logged (fun () -> serve ~callback [ get path; get "/never" ]) >|= fun (seen, lines) ->
      Alcotest.(check (list string)) path [ path ] seen.requests;
      Alcotest.(check int) "logged" 1 (List.length lines);
      let sent = String.concat "" seen.writes in
      Alcotest.(check bool) "not more than announced" true
        (String.length sent <= String.length (ok "12345")))
    [ "/short"; "/long" ]

let failing_stream () =
  let callback _ _ _ =
    let count = ref 0 in
    let next () = incr count; if !count > 2 then failwith "the disk" else Lwt.return_some "abc" in
    HTTP.Server.respond ~status:`OK ~body:(Body.of_stream (Lwt_stream.from next)) ()
  in
  logged (fun () -> serve ~callback [ get "/"; get "/never" ]) >|= fun (seen, lines) ->
  Alcotest.(check bool) "no proper end" false (contains "\r\n0\r\n" (String.concat "" seen.writes));
  Alcotest.(check (list string)) "closed" [ "/" ] seen.requests;
  check_contains "logged" "the disk" (String.concat "" lines)

let echo_stream () =
  let callback _ _ body = HTTP.Server.respond ~status:`OK ~body () in
  let pieces = List.init 200 (fun i -> String.make 10_000 (Char.chr (i mod 256))) in
  let request = "POST / HTTP/1.0\r\ncontent-length: 2000000\r\n\r\n" in
  serve ~callback (request :: pieces) >|= fun { writes; _ } ->
  let largest = List.fold_left (fun m w -> max m (String.length w)) 0 writes in
  if largest > 65_536 then Alcotest.failf "a write of %d octets" largest;
  Alcotest.(check bool) "the same" true
    (String.concat "" writes
    = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" ^ String.concat "" pieces)

let large_bodies () =
  let content = String.init 1_000_000 (fun i -> Char.chr (i * 7 mod 256)) in
  let buffers = [ Cstruct.of_string content; Cstruct.empty; Cstruct.of_string "end" ] in
  let callback _ request _ =
    match Cohttp.Request.resource request with
    | "/cstructs" -> HTTP.Server.respond_cstructs ~status:`OK ~body:buffers ()
    | _ -> respond_ok (content ^ "end")
  in
  Lwt_list.iter_s
    (fun path ->
      serve ~callback [ get path ] >|= fun { writes; _ } ->
      Alcotest.(check bool) path true (String.concat "" writes = ok (content ^ "end"));
      List.iter (fun w -> if String.length w > 100_000 then Alcotest.fail "held at once") writes)
    [ "/cstructs"; "/string" ]

module Static = HTTP.Static (Memory_kv)

let static () =
  let large = String.init 300_000 (fun i -> Char.chr (i mod 251)) in
  let kv = [ ("a.html", "<p>"); ("empty.css", ""); ("large", large) ] in
  let callback _ request _ =
    Static.respond kv (HTTP.key_of_uri (Cohttp.Request.uri request))
  in
  let typed content_type body =
    let fields = [ ("content-type", content_type); ("accept-ranges", "bytes") ] in
    Printf.sprintf "HTTP/1.1 200 OK\r\ncontent-length: %d\r\n%s\r\n%s" (String.length body)
      (String.concat "" (Cohttp.Header.to_lines (Cohttp.Header.of_list fields)))
      body
  in
  serve ~callback [ get "/a.html"; get "/empty.css"; get "/missing" ] >>= fun seen ->
  check_statuses "statuses" [ "200"; "200"; "404" ] seen;
  Alcotest.(check string) "small" (typed "text/html; charset=utf-8" "<p>") (List.hd seen.writes);
  serve ~callback [ get "/large" ] >|= fun seen ->
  Alcotest.(check bool) "large" true
    (String.concat "" seen.writes = typed "application/octet-stream" large);
  if List.length seen.writes < 4 then Alcotest.fail "held at once"

let answers () =
  let uri = Uri.of_string "/<script>" in
  let auth = `Basic "realm" in
  let callback _ request _ =
    match Cohttp.Request.resource request with
    | "/redirect" -> HTTP.Server.respond_redirect ~uri:(Uri.of_string "/to?a=b") ()
    | "/auth" -> HTTP.Server.respond_need_auth ~auth ()
    | "/error" -> HTTP.Server.respond_error ~status:`Bad_gateway ~body:"why" ()
    | _ -> HTTP.Server.respond_not_found ~uri ()
  in
  serve ~callback (List.map get [ "/redirect"; "/auth"; "/error"; "/" ]) >|= fun { writes; _ } ->
  List.iter2
    (fun parts write -> List.iter (fun part -> check_contains "answer" part write) parts)
    [
      [ "302 Found"; "location: /to?a=b\r\n"; "content-length: 0\r\n" ];
      [ "401 Unauthorized"; "www-authenticate: Basic realm=" ];
      [ "502 Bad Gateway"; "\r\n\r\nError: why" ];
      [ "404 Not Found"; "text/plain"; "Not found: /%3Cscript%3E" ];
    ]
    writes

(* A peer that says nothing, or takes nothing, any more. *)
let stands_still () =
  let never = fst (Lwt.wait ()) in
  let seconds = Lwt_condition.create () in
  let config =
    { HTTP.Config.default with sleep = Some (fun _ -> Lwt_condition.wait seconds) }
  in
  let closed = ref 0 in
  let listen ~requests ~write =
    let rest = ref requests in
    let read () =
      match !rest with
      | [] -> never
      | text :: others ->
          rest := others;
          Lwt.return_some (Cstruct.of_string text)
    in
    let close () = incr closed; never >|= ignore in
    let server = { H.Server.callback = mirror; conn_closed = ignore } in
    H.Server.listen ~config server
      { Channel_stub.read; write; close }
  in
  let silent = listen ~requests:[ get "/"; "GET" ] ~write:(fun _ -> Lwt.return_unit) in
  let deaf = listen ~requests:[ get "/" ] ~write:(function [] -> Lwt.return_unit | _ -> never >|= ignore) in
  Alcotest.(check int) "in time" 0 !closed;
  let rec pass n =
    if n = 0 then Lwt.return_unit
    else begin
      Lwt_condition.broadcast seconds ();
      Lwt.pause () >>= fun () -> pass (n - 1)
    end
  in
  pass 140 >>= fun () ->
  silent >>= fun () ->
  deaf >|= fun () -> Alcotest.(check int) "closed, each once" 2 !closed

(* Both spellings of 2014 compile, and a server is good for either. *)
module Flat (H : HTTP.Server) = struct
  let start http =
    let callback _ request _ =
      let path = Uri.path (H.Request.uri request) in
      H.respond_string ~status:`OK ~body:path ()
    in
    http { H.callback; conn_closed = ignore }
end

module Nested (H : HTTP.S) = struct
  let start http =
    let callback _ _ _ = H.Server.respond_not_found () in
    http { H.Server.callback; conn_closed = ignore }
end

(* What is written for cohttp's servers compiles with ours. *)
module As_cohttp : Cohttp_lwt.S.Server = HTTP.Server
module Listener_as_cohttp : Cohttp_lwt.S.Server = H.Server

module Flat_main = Flat (H.Server)
module Nested_main = Nested (H.Server)
module Nested_in_make = Nested (H)

let spellings () =
  let serve_it { H.Server.callback; _ } = serve ~callback [ get "/x" ] in
  Flat_main.start serve_it >|= check_statuses "flat" [ "200" ] >>= fun () ->
  Nested_main.start serve_it >|= check_statuses "nested" [ "404" ] >>= fun () ->
  Nested_in_make.start serve_it >|= check_statuses "nested in Make" [ "404" ]

module Cohttp_program (S : Cohttp_lwt.S.Server) = struct
  let callback _ request _ =
    match Cohttp.Request.resource request with
    | "/plain" -> S.respond_string ~status:`OK ~body:"plain" () >|= fun r -> `Response r
    | _ ->
        let response = Cohttp.Response.make ~encoding:(Cohttp.Transfer.Fixed 6L) () in
        let write _ oc = S.IO.write oc "expert" >>= fun () -> S.IO.flush oc in
        Lwt.return (`Expert (response, write))

  let server = S.make_response_action ~callback ()
end

let experts () =
  let module P = Cohttp_program (HTTP.Server) in
  serve ~callback:P.server.HTTP.callback [ get "/plain" ^ get "/expert" ^ get "/plain" ]
  >>= fun seen ->
  Alcotest.(check string) "both kinds" (ok "plain" ^ ok "expert" ^ ok "plain")
    (String.concat "" seen.writes);
  let echo ic oc =
    HTTP.IO.read_line ic >>= fun line ->
    HTTP.IO.write oc (Option.value line ~default:"none") >>= fun () ->
    HTTP.IO.read ic 3 >>= HTTP.IO.write oc
  in
  let callback _ _ _ =
    let headers = Cohttp.Header.of_list [ ("connection", "upgrade"); ("upgrade", "x") ] in
    Lwt.return (Cohttp.Response.make ~status:`Switching_protocols ~headers (), echo)
  in
  let server = HTTP.Server.make_expert ~callback () in
  serve ~callback:server.callback [ get "/" ^ "hello\r\n"; "abcdef" ]
  >|= check_writes "another protocol"
        [
          "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";
          "helloabc";
        ]

let local_files () =
  List.iter
    (fun (uri, expected) ->
      let uri = Uri.of_string uri in
      Alcotest.(check string) (Uri.to_string uri) expected
        (HTTP.Server.resolve_local_file ~docroot:"/srv" ~uri))
    [
      ("/a/b.html", "/srv/a/b.html"); ("http://h/a%20b", "/srv/a b"); ("/../../etc/passwd", "/srv/etc/passwd");
      ("/a/%2e%2e/%2e%2e/etc", "/srv/etc"); ("//h/a", "/srv/a");
    ]

let only () =
  let callback _ request _ =
    HTTP.Server.only [ `GET; `HEAD ] request (fun () -> respond_ok "fine")
  in
  let request meth = Printf.sprintf "%s / HTTP/1.1\r\nhost: a\r\n\r\n" meth in
  serve ~callback (List.map request [ "GET"; "HEAD"; "POST"; "OPTIONS"; "BREW" ]) >|= fun seen ->
  check_statuses "methods" [ "200"; "200"; "405"; "204"; "501" ] seen;
  check_contains "which are allowed" "allow: GET, HEAD, OPTIONS\r\n" (List.nth seen.writes 2)

(* A body that is given as memory reaches the network as that memory. *)
let by_reference () =
  let memory = Cstruct.create 1_000_000 in
  let found = ref 0 in
  let callback _ _ _ = HTTP.Server.respond_cstructs ~status:`OK ~body:[ memory ] () in
  let rest = ref [ get "/" ] in
  let flow =
    {
      Channel_stub.read =
        (fun () ->
          match !rest with
          | [] -> Lwt.return_none
          | text :: others ->
              rest := others;
              Lwt.return_some (Cstruct.of_string text));
      write =
        (fun parts ->
          List.iter
            (fun (part : Cstruct.t) ->
              if part.buffer == memory.buffer then found := !found + Cstruct.length part)
            parts;
          Lwt.return_unit);
      close = Lwt.return;
    }
  in
  H.Server.listen (HTTP.Server.make ~callback ()) flow >|= fun () ->
  Alcotest.(check int) "octets" 1_000_000 !found

(* Whatever arrives, and however it is cut: no exception, and it ends. *)
let any_input =
  let piece =
    QCheck.Gen.(
      oneof
        [
          return (get "/");
          return (chunked "3\r\nabc\r\n0\r\n\r\n");
          map post (0 -- 20);
          string_size ~gen:char (0 -- 20);
          oneofl [ "\r\n"; "5\r\n"; "0\r\n\r\n"; "abcde"; "GET "; "HTTP/1.1" ];
        ])
  in
  QCheck.Test.make ~name:"any input ends in an end" ~count:2_000
    (QCheck.make ~print:(fun l -> String.escaped (String.concat "|" l)) QCheck.Gen.(list_size (0 -- 12) piece))
    (fun input ->
      let seen, lines = run (logged (fun () -> serve input)) in
      seen.closed && seen.ended = 1 && lines = []
      && List.for_all (fun w -> String.starts_with ~prefix:"HTTP/1.1 " w) seen.writes)

let suite =
  ( "server",
    [
      lwt_case "head and body are one write" one_write;
      lwt_case "keeps the connection" keep_alive;
      lwt_case "100 requests at once" pipelined;
      lwt_case "octet by octet" octet_by_octet;
      lwt_case "closes the connection" closes;
      lwt_case "HEAD" head;
      lwt_case "204 and 304" no_content;
      lwt_case "a request in chunks" chunked_request;
      lwt_case "malformed chunks" bad_chunks;
      lwt_case "a GET with a body" get_with_body;
      lwt_case "a body that nobody reads" unread_body;
      lwt_case "100-continue" expects;
      lwt_case "malformed requests" malformed;
      lwt_case "a head that is too long" too_long;
      lwt_case "a client that vanishes" vanished;
      lwt_case "a client that vanishes while we write" gone_while_writing;
      lwt_case "a failing callback" failing_callback;
      lwt_case "streams" streams;
      lwt_case "a stream's parts are sent as they come" waits_for_nobody;
      lwt_case "a body of another length" wrong_length;
      lwt_case "a stream that fails" failing_stream;
      lwt_case "a request's body as the answer's" echo_stream;
      lwt_case "large bodies" large_bodies;
      lwt_case "files" static;
      lwt_case "other answers" answers;
      lwt_case "a peer that stands still" stands_still;
      lwt_case "both spellings" spellings;
      lwt_case "cohttp's other servers" experts;
      case "local files" local_files;
      lwt_case "methods that are allowed" only;
      lwt_case "memory goes out by reference" by_reference;
      case "any input" (fun () -> QCheck.Test.check_exn any_input);
    ] )
