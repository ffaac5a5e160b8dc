(* SPDX-License-Identifier: ISC *)

(* The services that the tests against Linux talk to, on the stack under test:

   7 echo, also for UDP
   9 discard
   19 as many octets as the first line says
   80 one fixed HTTP reply
   2000 never reads
   2001 reads to the end, then answers with the number of octets
   2002 resets
   2003 connects to where the first line says, and passes on what comes from there
   2004 tells how many connections there are
   2005 closes its side at once, then counts what it reads
   2006 tells what 2005 has counted
   2007 tells the name servers and search domains that the network said *)

open Lwt.Infix
module E = Ethif.Make (Netif)
module I = Ipv4.Make (E)
module U = Udpv4.Make (I)
module T = Tcpv4.Make (I) (OS.Time) (Clock) (Random)

module S =
  Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif) (E) (I) (U) (T)

(* The same for both versions of IP. *)
module I6 = Ipv6.Make (E) (OS.Time) (Clock)

module D =
  Tcpip_stack_v4v6.Make (Console) (OS.Time) (Clock) (Random) (Netif) (E) (I) (I6)

exception Reset_on_purpose

(* The same octets in linux_test.py. *)
let pattern =
  Cstruct.of_string
    (String.init 65521 (fun i -> Char.chr (((i * i * 31) + (i * 7)) land 0xff)))

module Services (S : V1_LWT.STACKV4) = struct
  module T = S.TCPV4
  module Chan = Channel.Make (T)

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
      (function
        | End_of_file | Channel.Failed _ -> T.close flow
        | exn -> Lwt.fail exn)

  (* The peer closes first, if it does so soon: connections in TIME-WAIT would be
     counted as well. *)
  let tell number flow =
    T.write flow (Cstruct.of_string (string_of_int (number ()) ^ "\n")) >>= fun () ->
    let closed = drain flow 0 >|= ignore in
    Lwt.pick [ closed; OS.Time.sleep 1. ] >>= fun () -> T.close flow

  let count flow =
    drain flow 0 >>= function
    | None -> Lwt.return_unit
    | Some total -> tell (fun () -> total) flow

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

  let tell_names flow =
    let { Name_service.servers; domains } = Name_service.known () in
    let words = List.map Ipaddr.to_string servers @ domains in
    T.write flow (Cstruct.of_string (String.concat " " words)) >>= fun () ->
    T.close flow

  let counted = ref 0

  let close_then_count flow =
    T.close flow >>= fun () ->
    drain flow 0 >|= function Some total -> counted := !counted + total | None -> ()

  let listen stack ~connections =
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
    on 2004 (tell connections);
    on 2005 close_then_count;
    on 2006 (tell (fun () -> !counted));
    on 2007 tell_names
end

module Services_v4 = Services (S)
module Services_both = Services (Listen_both.Make (D))

let ok = function `Ok device -> device | `Error _ -> failwith "no device"

let static ip netmask gateway =
  let address = Ipaddr.V4.of_string_exn in
  `IPv4 (address ip, address netmask, [ address gateway ])

(* Gives a peer up after seconds instead of minutes. *)
let impatient =
  {
    Tcp_config.default with
    user_timeout = 2_000_000;
    min_retransmissions = 3;
    keepalive_idle = 2_000_000;
    keepalive_interval = 1_000_000;
    keepalive_probes = 2;
    time_wait = 1_000_000;
  }

let six text ~slaac =
  match String.split_on_char ' ' text with
  | [ prefix; gateway ] ->
    let cidr = Ipaddr.V6.Prefix.of_string_exn prefix in
    {
      V1_LWT.addresses = [ Ipaddr.V6.Prefix.(address cidr, bits cidr) ];
      gateways = [ Ipaddr.V6.of_string_exn gateway ];
      slaac;
    }
  | _ -> { V1_LWT.addresses = []; gateways = []; slaac }

let serve_v4 id config =
  S.connect id >>= function
  | `Error (`Unknown reason) -> failwith reason
  | `Ok stack ->
    let tcp = S.tcpv4 stack in
    T.set_config tcp config;
    S.on_event stack (fun event -> OS.Status.report (Stack_event.to_string event));
    Services_v4.listen stack ~connections:(fun () -> T.connections tcp);
    S.listen_udpv4 stack ~port:7 (fun ~src ~dst:_ ~src_port data ->
        U.write ~source_port:7 ~dest_ip:src ~dest_port:src_port (S.udpv4 stack) data);
    OS.Status.report "ready";
    S.listen stack

let serve_both id =
  D.connect id >>= function
  | `Error (`Unknown reason) -> failwith reason
  | `Ok stack ->
    D.on_event stack (fun event -> OS.Status.report (Stack_event.to_string event));
    Services_both.listen stack ~connections:(fun () -> D.connections stack);
    D.listen_udp stack ~port:7 (fun ~src ~dst:_ ~src_port data ->
        D.write_udp ~source_port:7 ~dest_ip:src ~dest_port:src_port stack data);
    OS.Status.report "ready";
    D.listen stack

let connect serve mode =
  Console.connect "console" >|= ok >>= fun console ->
  Netif.connect "net" >|= ok >>= fun interface ->
  serve { V1_LWT.name = "stack"; console; interface; mode }

let usage = "peer (dhcp | [impatient] IP NETMASK GATEWAY | (six | slaac) IP NETMASK GATEWAY [PREFIX6 GATEWAY6])"

let main () =
  match List.tl (Array.to_list Sys.argv) with
  | [ "dhcp" ] -> connect (fun id -> serve_v4 id Tcp_config.default) `DHCP
  | [ "impatient"; ip; netmask; gateway ] ->
    connect (fun id -> serve_v4 id impatient) (static ip netmask gateway)
  | [ ip; netmask; gateway ] ->
    connect (fun id -> serve_v4 id Tcp_config.default) (static ip netmask gateway)
  | (("six" | "slaac") as way) :: ip :: netmask :: gateway :: six_words ->
    let ipv6 = six (String.concat " " six_words) ~slaac:(way = "slaac") in
    connect serve_both { V1_LWT.ipv4 = static ip netmask gateway; ipv6 }
  | _ -> failwith usage

let () = OS.Main.run (main ())
