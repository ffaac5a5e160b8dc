(* Written by mirage configure from www.conf. *)

open Lwt.Infix

module Stack_ethif = Ethif.Make (Netif)
module Stack_ipv4 = Ipv4.Make (Stack_ethif)
module Stack_ipv6 = Ipv6.Make (Stack_ethif) (OS.Time) (Clock)

module Stack = Tcpip_stack_v4v6.Make (Console) (OS.Time) (Clock) (Random) (Netif)
  (Stack_ethif) (Stack_ipv4) (Stack_ipv6)

module Stack_both = Listen_both.Make (Stack)
module Http = Http_stack.Make (Stack_both)
module Http_tls = Https.Make (Stack_both) (OS.Time) (Clock) (Entropy)

let http_port =
  Argument.value Argument.port ~default:8080 ~doc:"where the web server listens" "http-port"

let https_port =
  Argument.value Argument.port ~default:8443 ~doc:"where it listens for HTTPS" "https-port"

let () = Operations.start ~program:"www" ~now:Clock.time ~log_level:"info" ()

let addressing = Ip_arguments.addressing `DHCP

let addressing6 =
  let addresses, gateways, slaac =
    Ip6_arguments.addressing
      ([], [], true)
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
  device "entropy" (fun (`Invalid_entropy why) -> why) (Entropy.connect ()) >>= fun entropy ->
  let http server =
    let config =
      { HTTP.Config.default with now = Some Clock.time; sleep = Some OS.Time.sleep }
    in
    Lwt.return Https.Self_signed >>= fun identity ->
    Http_tls.listen ~entropy ~identity ~config stack ~port:(https_port ()) server >>= fun () ->
    Http.listen ~config stack ~port:(http_port ()) server;
    Stack.listen stack
  in
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  http { Http.Server.callback = Dispatch.callback; conn_closed = ignore }

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
