(* Written by mirage configure from shop.conf. *)

open Lwt.Infix

module Stack_ethif = Ethif.Make (Netif)
module Stack_ipv4 = Ipv4.Make (Stack_ethif)
module Stack_udpv4 = Udpv4.Make (Stack_ipv4)
module Stack_tcpv4 = Tcpv4.Make (Stack_ipv4) (OS.Time) (Clock) (Random)

module Stack = Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif)
  (Stack_ethif) (Stack_ipv4) (Stack_udpv4) (Stack_tcpv4)

module Http = Http_stack.Make (Stack)
module Application = Unikernel.Main (Http.Server)

let http_port =
  Argument.value Argument.port ~default:8080 ~doc:"where the web server listens" "http-port"

let metrics_port =
  Argument.value Argument.port ~default:9100 ~doc:"where Prometheus asks for metrics" "metrics-port"

let () = Operations.start ~program:"shop" ~now:Clock.time ~log_level:"info" ()

let addressing =
  let ip = Ipaddr.V4.of_string_exn in
  Ip_arguments.addressing (`IPv4 (ip "10.0.0.2", ip "255.255.255.0", [ ip "10.0.0.1" ]))

(* Why a device cannot be connected. *)
let unknown = function `Unknown why -> why | _ -> "it cannot be connected"

(* The device, or the end of the program. *)
let device name reason connecting =
  connecting >>= function
  | `Ok device -> Lwt.return device
  | `Error error ->
      prerr_endline ("device " ^ name ^ ": " ^ reason error);
      exit 2

let main () =
  device "console" (fun (`Invalid_console why) -> why) (Console.connect "console") >>= fun console ->
  device "net" unknown (Netif.connect "net") >>= fun net ->
  device "stack" unknown (Stack.connect { V1_LWT.name = "stack"; console; interface = net; mode = addressing }) >>= fun stack ->
  Stack.on_event stack (fun event -> OS.Status.report (Stack_event.to_string event));
  let http server =
    let config =
      { HTTP.Config.default with now = Some Clock.time; sleep = Some OS.Time.sleep }
    in
    Http.listen ~config stack ~port:(http_port ()) server;
    Stack.listen stack
  in
  let module Metrics_http = Metrics_server.Make (Stack) in
  let metrics_config = { HTTP.Config.default with sleep = Some OS.Time.sleep } in
  Metrics_http.listen ~config:metrics_config stack ~port:(metrics_port ());
  OS.Status.report "ready";
  Application.start http

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
