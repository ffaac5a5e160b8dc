(* SPDX-License-Identifier: ISC *)

(* The services that the tests against Linux talk to, on the stack under test:
   echo (7), discard (9), a generator of as many octets as the first line says
   (19), a server of one fixed HTTP reply (80), one that never reads (2000), one
   that reads to the end before it answers with the number of octets (2001), one
   that resets (2002), one that opens a connection to where the first line says
   and passes on what it gets there (2003). *)

open Lwt.Infix
module E = Ethif.Make (Netif)
module I = Ipv4.Make (E)
module U = Udpv4.Make (I)
module T = Tcpv4.Make (I) (OS.Time) (Clock) (Random)

module S =
  Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif) (E) (I) (U) (T)

module Chan = Channel.Make (T)

exception Reset_on_purpose

(* The same octets in linux_test.py. *)
let pattern =
  Cstruct.of_string
    (String.init 65521 (fun i -> Char.chr (((i * i * 31) + (i * 7)) land 0xff)))

let rec echo flow =
  T.read flow >>= function
  | `Ok data -> T.write flow data >>= fun () -> echo flow
  | `Eof -> T.close flow
  | `Error _ -> Lwt.return_unit

let rec drain flow total =
  T.read flow >>= function
  | `Ok data -> drain flow (total + Cstruct.length data)
  | `Eof -> Lwt.return (Some total)
  | `Error _ -> Lwt.return_none

let first_line flow =
  let channel = Chan.create flow in
  Chan.read_line channel >|= Cstruct.copyv

let rec generate flow off left =
  if left = 0 then T.close flow
  else
    let n = min left (Cstruct.length pattern - off) in
    T.write flow (Cstruct.sub pattern off n) >>= fun () ->
    generate flow ((off + n) mod Cstruct.length pattern) (left - n)

let reply = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, world!"

let rec serve_http channel =
  let rec skip_headers () =
    Chan.read_line channel >>= fun line ->
    if Cstruct.lenv line > 0 then skip_headers () else Lwt.return_unit
  in
  Chan.read_line channel >>= fun _request ->
  skip_headers () >>= fun () ->
  Chan.write_string channel reply 0 (String.length reply);
  Chan.flush channel >>= fun () -> serve_http channel

let http flow =
  Lwt.catch
    (fun () -> serve_http (Chan.create flow))
    (function End_of_file -> T.close flow | exn -> Lwt.fail exn)

let count flow =
  drain flow 0 >>= function
  | None -> Lwt.return_unit
  | Some total ->
    T.write flow (Cstruct.of_string (string_of_int total ^ "\n")) >>= fun () ->
    T.close flow

let relay tcp flow =
  first_line flow >>= fun line ->
  let destination =
    match String.split_on_char ' ' line with
    | [ ip; port ] -> (Ipaddr.V4.of_string_exn ip, int_of_string port)
    | _ -> failwith "relay: not an address and a port"
  in
  T.create_connection tcp destination >>= function
  | `Error e ->
    let reason =
      match e with
      | `Refused -> "refused"
      | `Timeout -> "timeout"
      | `Unknown reason -> reason
    in
    T.write flow (Cstruct.of_string (reason ^ "\n")) >>= fun () -> T.close flow
  | `Ok out ->
    let rec pass () =
      T.read out >>= function
      | `Ok data -> T.write flow data >>= pass
      | `Eof | `Error _ -> T.close out >>= fun () -> T.close flow
    in
    pass ()

let listen stack =
  let tcp = S.tcpv4 stack in
  let on port callback = S.listen_tcpv4 stack ~port callback in
  on 7 echo;
  on 9 (fun flow -> drain flow 0 >>= fun _ -> T.close flow);
  on 19 (fun flow ->
      first_line flow >>= fun line -> generate flow 0 (int_of_string line));
  on 80 http;
  on 2000 (fun _ -> Lwt.return_unit);
  on 2001 count;
  on 2002 (fun flow -> T.read flow >>= fun _ -> Lwt.fail Reset_on_purpose);
  on 2003 (relay tcp);
  on 2004 (fun flow ->
      let text = Printf.sprintf "%d\n" (T.connections tcp) in
      T.write flow (Cstruct.of_string text) >>= fun () -> T.close flow);
  S.listen_udpv4 stack ~port:7 (fun ~src ~dst:_ ~src_port data ->
      U.write ~source_port:7 ~dest_ip:src ~dest_port:src_port (S.udpv4 stack) data)

let ok = function `Ok device -> device | `Error _ -> failwith "no device"

let mode () =
  match Sys.argv with
  | [| _; "dhcp" |] -> `DHCP
  | [| _; ip; netmask; gateway |] ->
    let address = Ipaddr.V4.of_string_exn in
    `IPv4 (address ip, address netmask, [ address gateway ])
  | _ -> failwith "peer (dhcp | IP NETMASK GATEWAY)"

let main () =
  Console.connect "console" >|= ok >>= fun console ->
  Netif.connect "net" >|= ok >>= fun interface ->
  S.connect { V1_LWT.name = "stack"; console; interface; mode = mode () } >>= function
  | `Error (`Unknown reason) -> failwith reason
  | `Ok stack ->
    S.on_event stack (fun event -> OS.Status.report (Stack_event.to_string event));
    listen stack;
    OS.Status.report "ready";
    S.listen stack

let () = OS.Main.run (main ())
