(* SPDX-License-Identifier: ISC *)

(* The server on the host's sockets, asked by curl and by hand. *)

open Lwt.Infix
open Support
module Stack = Tcpip_stack_socket.Make (Console)

(* A stack on which a write that may be held back is a failure. *)
module Nodelay_stack = struct
  include Stack

  module TCPV4 = struct
    include Stack.TCPV4

    let write _ _ = Lwt.fail_with "TCPV4.write"
    let writev _ _ = Lwt.fail_with "TCPV4.writev"
  end
end

module On_stack = Http_stack.Make (Nodelay_stack)
module On_channel = HTTP.Make (Channel_stub)
module Static = HTTP.Static (Memory_kv)

let large = String.init 20_000_000 (fun i -> Char.chr (i * 31 mod 253))
let kv = [ ("index.html", "<h1>hello</h1>"); ("large.bin", large) ]
let large_digest = Digest.to_hex (Digest.string large)

let digest_of stream =
  (* Never more than a piece in memory. *)
  let path = Filename.temp_file "mirage" ".body" in
  let channel = open_out_bin path in
  Lwt_stream.iter (output_string channel) stream >|= fun () ->
  close_out channel;
  let digest = Digest.to_hex (Digest.file path) in
  Sys.remove path;
  digest

let callback (peer, _) request body =
  let uri = Cohttp.Request.uri request in
  match Uri.path uri with
  | "/digest" ->
      digest_of (Cohttp_lwt.Body.to_stream body) >>= fun digest ->
      HTTP.Server.respond_string ~status:`OK ~body:digest ()
  | "/peer" ->
      let body =
        match peer with
        | Some (address, _) -> Ipaddr.V4.to_string address
        | None -> "unknown"
      in
      HTTP.Server.respond_string ~status:`OK ~body ()
  | "/chunks" ->
      let body = Cohttp_lwt.Body.of_stream (Lwt_stream.of_list [ "one "; "two" ]) in
      HTTP.Server.respond ~status:`OK ~body ()
  | _ -> Static.respond kv (HTTP.key_of_uri uri)

let closed = ref 0
let server = { HTTP.Server.callback; conn_closed = (fun _ -> incr closed) }

let free_port () =
  let socket = Unix.socket PF_INET SOCK_STREAM 0 in
  Unix.bind socket (ADDR_INET (Unix.inet_addr_loopback, 0));
  match Unix.getsockname socket with
  | ADDR_INET (_, port) ->
      Unix.close socket;
      port
  | ADDR_UNIX _ -> assert false

let flow_over_channel flow =
  let module T = Stack.TCPV4 in
  {
    Channel_stub.read =
      (fun () -> T.read flow >|= function `Ok data -> Some data | _ -> None);
    write = T.writev flow;
    close = (fun () -> T.close flow);
  }

let with_server ?config kind test =
  Console.connect "console" >>= function
  | `Error _ -> Alcotest.fail "no console"
  | `Ok console ->
      let interface = [ Ipaddr.V4.localhost ] in
      Stack.connect { V1_LWT.name = "test"; console; interface; mode = () }
      >>= (function `Ok s -> Lwt.return s | `Error _ -> Alcotest.fail "no stack")
      >>= fun stack ->
      let port = free_port () in
      (match kind with
      | `Stack -> On_stack.listen ?config stack ~port server
      | `Channel ->
          Stack.listen_tcpv4 stack ~port (fun flow ->
              On_channel.Server.listen server (flow_over_channel flow)));
      Lwt.finalize (fun () -> test port) (fun () -> Stack.disconnect stack)

(* {2 curl} *)

let has_curl = Sys.command "command -v curl >/dev/null 2>&1" = 0

(* Its output and exit code. *)
let curl arguments =
  Lwt_process.with_process_in
    ("", Array.of_list ("curl" :: "--silent" :: "--noproxy" :: "*" :: arguments))
    (fun process ->
      Lwt_io.read process#stdout >>= fun output ->
      process#close >|= function
      | Unix.WEXITED code -> (output, code)
      | _ -> Alcotest.fail "curl was killed")

let check_curl what expected arguments =
  curl arguments >|= fun (output, code) ->
  Alcotest.(check (pair string int)) what (expected, 0) (output, code)

let url port path = Printf.sprintf "http://127.0.0.1:%d%s" port path

let with_file content test =
  let path = Filename.temp_file "mirage" ".file" in
  let channel = open_out_bin path in
  output_string channel content;
  close_out channel;
  Lwt.finalize (fun () -> test path) (fun () ->
      Sys.remove path;
      Lwt.return_unit)

let curl_gets kind () =
  with_server kind (fun port ->
      check_curl "page" "<h1>hello</h1>" [ url port "/" ] >>= fun () ->
      check_curl "chunks" "one two" [ url port "/chunks" ] >>= fun () ->
      check_curl "HTTP/1.0" "one two" [ "--http1.0"; url port "/chunks" ] >>= fun () ->
      check_curl "status, length, type" "404 9 text/plain; charset=utf-8"
        [ "--output"; "/dev/null"; "--write-out"; "%{http_code} %{size_download} %{content_type}"; url port "/no" ]
      >>= fun () ->
      curl [ "--head"; url port "/large.bin" ] >|= fun (output, _) ->
      check_contains "HEAD" "content-length: 20000000\r\n" output)

let curl_reuses () =
  with_server `Stack (fun port ->
      let outputs = [ "--output"; "/dev/null"; "--output"; "/dev/null"; "--output"; "/dev/null" ] in
      let urls = List.map (url port) [ "/"; "/large.bin"; "/chunks" ] in
      check_curl "one connection for three" "1 0 0 "
        (outputs @ [ "--write-out"; "%{num_connects} " ] @ urls))

let curl_large kind () =
  with_server kind (fun port ->
      with_file "" (fun path ->
          check_curl "download" "" [ "--output"; path; url port "/large.bin" ] >>= fun () ->
          Alcotest.(check string) "the same" large_digest (Digest.to_hex (Digest.file path));
          let upload headers =
            check_curl "upload" large_digest
              ([ "--data-binary"; "@" ^ path; url port "/digest" ] @ headers)
          in
          upload [ "--header"; "Expect: 100-continue"; "--expect100-timeout"; "25" ] >>= fun () ->
          upload [ "--header"; "Transfer-Encoding: chunked" ]))

let curl_together () =
  with_server `Stack (fun port ->
      let targets = Printf.sprintf "http://127.0.0.1:%d/[1-100]" port in
      curl
        [ "--parallel"; "--parallel-immediate"; "--parallel-max"; "100"; "--output"; "/dev/null";
          "--write-out"; "%{http_code} "; targets ]
      >|= fun (output, code) ->
      Alcotest.(check int) "exit code" 0 code;
      Alcotest.(check string) "all answered" (String.concat "" (List.init 100 (fun _ -> "404 "))) output)

let peer_address () =
  with_server `Stack (fun port -> check_curl "peer" "127.0.0.1" [ url port "/peer" ])
  >>= fun () ->
  with_server `Channel (fun port -> check_curl "peer" "unknown" [ url port "/peer" ])

(* {2 By hand} *)

let connect port =
  let socket = Lwt_unix.socket PF_INET SOCK_STREAM 0 in
  Lwt_unix.connect socket (ADDR_INET (Unix.inet_addr_loopback, port)) >|= fun () -> socket

let send socket text =
  Lwt_unix.write_string socket text 0 (String.length text) >|= ignore

let receive_all socket = Lwt_io.read (Lwt_io.of_fd ~mode:Lwt_io.Input socket)
let request path = Printf.sprintf "GET %s HTTP/1.1\r\nhost: a\r\n\r\n" path

let together () =
  with_server `Stack (fun port ->
      (* All connections are open before the first request is sent. *)
      Lwt_list.map_p (fun _ -> connect port) (List.init 100 Fun.id) >>= fun sockets ->
      Lwt_list.iter_p (fun s -> send s "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n") sockets
      >>= fun () ->
      Lwt_list.iter_p
        (fun socket ->
          receive_all socket >>= fun answer ->
          check_contains "answer" "<h1>hello</h1>" answer;
          Lwt_unix.close socket)
        sockets)

let rec wait_until condition =
  if condition () then Lwt.return_unit
  else Lwt_unix.sleep 0.01 >>= fun () -> wait_until condition

let vanishing () =
  let before = !closed in
  with_server `Stack (fun port ->
      logged (fun () ->
          Lwt_list.iter_s
            (fun text ->
              connect port >>= fun socket ->
              send socket text >>= fun () ->
              (* Closing with data unread resets the connection. *)
              (if text = request "/large.bin" then Lwt_unix.wait_read socket else Lwt.return_unit)
              >>= fun () -> Lwt_unix.close socket)
            [ ""; "GET / HT"; "POST /digest HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc"; request "/large.bin" ]
          >>= fun () -> wait_until (fun () -> !closed = before + 4))
      >>= fun ((), lines) ->
      Alcotest.(check (list string)) "nobody's failure" [] lines;
      connect port >>= fun socket ->
      send socket "GET / HTTP/1.0\r\n\r\n" >>= fun () ->
      receive_all socket >>= fun answer ->
      check_contains "goes on" "<h1>hello</h1>" answer;
      Lwt_unix.close socket)

(* Whoever makes room for others is reset, and nobody hears of it. *)
let makes_room () =
  let config =
    { HTTP.Config.default with sleep = Some Lwt_unix.sleep; max_connections = 1 }
  in
  with_server ~config `Stack (fun port ->
      logged (fun () ->
          connect port >>= fun unfinished ->
          send unfinished "GET / HT" >>= fun () ->
          connect port >>= fun other ->
          send other "GET / HTTP/1.0\r\n\r\n" >>= fun () ->
          receive_all other >>= fun answer ->
          check_contains "the other is served" "<h1>hello</h1>" answer;
          Lwt_unix.close other >>= fun () ->
          Lwt.catch
            (fun () -> receive_all unfinished >|= fun _ -> Alcotest.fail "no reset")
            (function
              | Unix.Unix_error (ECONNRESET, _, _) -> Lwt_unix.close unfinished
              | e -> Lwt.fail e))
      >|= fun ((), lines) -> Alcotest.(check (list string)) "nothing logged" [] lines)

let malformed () =
  with_server `Stack (fun port ->
      connect port >>= fun socket ->
      send socket ("\x16\x03\x01rubbish\r\n\r\n" ^ String.make 100_000 'x') >>= fun () ->
      receive_all socket >>= fun answer ->
      check_contains "answer" "HTTP/1.1 400 Bad Request\r\n" answer;
      Lwt_unix.close socket)

let by_curl name test =
  if has_curl then lwt_case name test
  else case (name ^ " (skipped: no curl here)") ignore

let suite =
  ( "sockets",
    [
      by_curl "curl, on a stack" (curl_gets `Stack);
      by_curl "curl, on a channel" (curl_gets `Channel);
      by_curl "curl keeps its connection" curl_reuses;
      by_curl "20 MB each way, on a stack" (curl_large `Stack);
      by_curl "20 MB each way, on a channel" (curl_large `Channel);
      by_curl "curl with 100 connections" curl_together;
      by_curl "the peer's address" peer_address;
      lwt_case "100 connections at once" together;
      lwt_case "clients that vanish" vanishing;
      lwt_case "a malformed request" malformed;
      lwt_case "a connection that makes room" makes_room;
    ] )
