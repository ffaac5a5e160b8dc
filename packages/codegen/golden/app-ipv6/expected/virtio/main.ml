(* Written by mirage configure from app.conf. *)

open Lwt.Infix

module Stack_ethif = Ethif.Make (Netif)
module Stack_ipv4 = Ipv4.Make (Stack_ethif)
module Stack_ipv6 = Ipv6.Make (Stack_ethif) (OS.Time) (Clock)

module Stack = Tcpip_stack_v4v6.Make (Console) (OS.Time) (Clock) (Random) (Netif)
  (Stack_ethif) (Stack_ipv4) (Stack_ipv6)

module Stack_both = Listen_both.Make (Stack)
module Http = Http_stack.Make (Stack)
module Application = Unikernel.Main (Console) (Stack) (Http.Server)

let http_port =
  Argument.value Argument.port ~default:80 ~doc:"where the web server listens" "http-port"

let () = Operations.start ~program:"app" ~now:Clock.time ~log_level:"info" ()

let addressing =
  let ip = Ipaddr.V4.of_string_exn in
  Ip_arguments.addressing (`IPv4 (ip "10.0.0.2", ip "255.255.255.0", [ ip "10.0.0.1" ]))

let addressing6 =
  let addresses, gateways, slaac =
    Ip6_arguments.addressing
      ([ (Ipaddr.V6.of_string_exn "2001:db8::2", 64) ], [], true)
  in
  { V1_LWT.addresses; gateways; slaac }

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
  device "stack" unknown (Stack.connect { V1_LWT.name = "stack"; console; interface = net;
        mode = { V1_LWT.ipv4 = addressing; ipv6 = addressing6 } }) >>= fun stack ->
  Stack.on_event stack (fun event -> OS.Status.report (Stack_event.to_string event));
  let http server =
    let config =
      { HTTP.Config.default with now = Some Clock.time; sleep = Some OS.Time.sleep }
    in
    Http.listen ~config stack ~port:(http_port ()) server;
    Stack.listen stack
  in
  OS.Status.report "ready";
  Application.start console stack http

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
