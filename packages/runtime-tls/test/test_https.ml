(* SPDX-License-Identifier: ISC *)
(* A web server over TLS on the host's sockets, asked by curl and by our own client. *)

open Lwt.Infix
open Mirage_runtime_tls_core
module Stack = Tcpip_stack_socket.Make (Console)
module Tls = Tls_stack.Make (Stack) (OS.Time) (Clock)
module Http = Http_stack.Make (Tls)

let large = String.init 20_000_000 (fun i -> Char.chr (i * 31 mod 253))
let digest = Digest.to_hex (Digest.string large)

let callback _connection request body =
  match Uri.path (Cohttp.Request.uri request) with
  | "/large" ->
      HTTP.Server.respond_string ~status:`OK ~body:large ()
  | "/digest" ->
      Cohttp_lwt.Body.to_string body >>= fun body ->
      HTTP.Server.respond_string ~status:`OK
        ~body:(Digest.to_hex (Digest.string body))
        ()
  | path -> HTTP.Server.respond_string ~status:`OK ~body:path ()

let server = { HTTP.Server.callback; conn_closed = ignore }

let free_port () =
  let socket = Unix.socket PF_INET SOCK_STREAM 0 in
  Unix.bind socket (ADDR_INET (Unix.inet_addr_loopback, 0));
  let address = Unix.getsockname socket in
  Unix.close socket;
  match address with ADDR_INET (_, port) -> port | ADDR_UNIX _ -> assert false

let random () =
  Entropy.connect () >>= function
  | `Error _ -> Alcotest.fail "no entropy"
  | `Ok entropy -> (
      Tls_random.make (Entropy.entropy entropy) >|= function
      | Ok random -> random
      | Error _ -> Alcotest.fail "no randomness")

let with_server test =
  let ok what = function
    | `Ok value -> Lwt.return value
    | `Error _ -> Alcotest.fail what
  in
  Console.connect "console" >>= ok "no console" >>= fun console ->
  let interface = [ Ipaddr.V4.localhost ] in
  Stack.connect { V1_LWT.name = "test"; console; interface; mode = () }
  >>= ok "no stack"
  >>= fun stack ->
  random () >>= fun random ->
  let identity =
    Pki.identity ~ips:[ Versions.Octets.of_string "\127\000\000\001" ] [ "localhost" ]
  in
  let port = free_port () in
  Http.listen (Tls.over (Server.config ~random [ identity ]) stack) ~port server;
  Lwt.finalize
    (fun () -> test ~random ~stack ~port)
    (fun () -> Stack.disconnect stack)

let with_file content test =
  let path = Filename.temp_file "mirage" ".file" in
  let channel = open_out_bin path in
  output_string channel content;
  close_out channel;
  Lwt.finalize (fun () -> test path) (fun () ->
      Sys.remove path;
      Lwt.return_unit)

let has_curl = Sys.command "command -v curl >/dev/null 2>&1" = 0

let curl ~roots ~port path arguments =
  let url = Printf.sprintf "https://localhost:%d%s" port path in
  let command =
    [ "curl"; "--silent"; "--noproxy"; "*"; "--max-time"; "20"; "--cacert"; roots ]
    @ arguments @ [ url ]
  in
  Lwt_process.with_process_in
    ("", Array.of_list command)
    (fun process ->
      Lwt_io.read process#stdout >>= fun output ->
      process#close >|= function
      | Unix.WEXITED code -> (output, code)
      | _ -> Alcotest.fail "curl was killed")

let result = Alcotest.(pair string int)

let by_curl () =
  if not has_curl then begin
    prerr_endline "skipped: there is no curl";
    Lwt.return_unit
  end
  else
  with_server (fun ~random:_ ~stack:_ ~port ->
      with_file (Pki.pem Pki.root.certificate) @@ fun roots ->
      with_file large @@ fun upload ->
      let asked what expected path arguments =
        curl ~roots ~port path arguments >|= Alcotest.check result what expected
      in
      asked "page" ("/a", 0) "/a" [] >>= fun () ->
      curl ~roots ~port "/large" [] >>= fun (body, code) ->
      Alcotest.(check int) "20 MB" 0 code;
      Alcotest.(check bool) "to the octet" true (body = large);
      asked "20 MB sent" (digest, 0) "/digest"
        [ "--data-binary"; "@" ^ upload ]
      >>= fun () ->
      curl ~roots ~port "/a" [ "--tls-max"; "1.2" ] >|= fun (_, code) ->
      Alcotest.(check int) "TLS 1.2 is refused (curl's 35)" 35 code)

let read_all flow =
  let rec read sofar =
    Tls.TCPV4.read flow >>= function
    | `Ok data -> read (sofar ^ Cstruct.to_string data)
    | `Eof -> Lwt.return (Ok sofar)
    | `Error (`Unknown why) -> Lwt.return (Error why)
    | `Error (`Timeout | `Refused) -> Lwt.return (Error "broken")
  in
  read ""

let by_our_client () =
  with_server (fun ~random ~stack ~port ->
      let connect trust =
        let name = Result.get_ok (Trust.name_of_string "127.0.0.1") in
        Tls.connect
          (Client.config ~random ~trust name)
          stack
          (Ipaddr.V4.localhost, port)
      in
      (connect Pki.trust >>= function
       | Error why -> Alcotest.fail why
       | Ok flow -> (
           Tls.TCPV4.write flow
             (Cstruct.of_string
                "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
           >>= fun () ->
           read_all flow >|= function
           | Error why -> Alcotest.fail why
           | Ok answer ->
               let length = String.length answer in
               Alcotest.(check string)
                 "answer" "\r\n\r\n/a"
                 (String.sub answer (length - 6) 6)))
      >>= fun () ->
      connect (Trust.anchors [ (Pki.authority "stranger").certificate ])
      >|= function
      | Ok _ -> Alcotest.fail "a stranger's certificate was believed"
      | Error why ->
          Alcotest.(check string)
            "why"
            "no valid chain from the certificate to a trusted one (unknown_ca)"
            why)

(* A test that hangs has failed. *)
let run test () =
  Lwt_main.run
    (Lwt.pick
       [ test (); (Lwt_unix.sleep 60. >>= fun () -> Lwt.fail_with "it hangs") ])

let tests =
  [
    Alcotest.test_case "curl" `Quick (run by_curl);
    Alcotest.test_case "our client" `Quick (run by_our_client);
  ]
