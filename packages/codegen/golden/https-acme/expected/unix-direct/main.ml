(* Written by mirage configure from www.conf. *)

open Lwt.Infix

module Stack_ethif = Ethif.Make (Netif)
module Stack_ipv4 = Ipv4.Make (Stack_ethif)
module Stack_udpv4 = Udpv4.Make (Stack_ipv4)
module Stack_tcpv4 = Tcpv4.Make (Stack_ipv4) (OS.Time) (Clock) (Random)

module Stack = Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif)
  (Stack_ethif) (Stack_ipv4) (Stack_udpv4) (Stack_tcpv4)

module Resolver = Dns_resolver.Make (Stack) (OS.Time) (Clock)
module Secure_client = Https_client.Make (Stack) (Resolver) (OS.Time) (Clock) (Entropy)
module Http = Http_stack.Make (Stack)

module Http_tls = Https_acme.Make (Stack) (OS.Time) (Clock) (Entropy)
  (Secure_client) (Block) (Io_page)

let http_port =
  Argument.value Argument.port ~default:80 ~doc:"where the web server listens" "http-port"

let https_port =
  Argument.value Argument.port ~default:443 ~doc:"where it listens for HTTPS" "https-port"

let () = Operations.start ~program:"www" ~now:Clock.time ~log_level:"info" ()

let addressing = Ip_arguments.addressing `DHCP

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
  device "entropy" (fun (`Invalid_entropy why) -> why) (Entropy.connect ()) >>= fun entropy ->
  device "resolver" (fun _ -> "it has no stack") (Resolver.connect stack) >>= fun resolver ->
  device "https_client" unknown (Secure_client.connect ~entropy ~anchors:Trust_anchors.pem stack resolver) >>= fun https_client ->
  device "certs" unknown (Block.connect "certs.img") >>= fun block_certs ->
  let http server =
    let config =
      { HTTP.Config.default with now = Some Clock.time; sleep = Some OS.Time.sleep }
    in
    let settings =
      { Https_acme.directory = "https://acme-v02.api.letsencrypt.org/directory";
        domains = [ "example.org"; "www.example.org" ];
        contacts = [ "mailto:ann@example.org" ];
        challenge = Http_01 }
    in
    Http_tls.listen settings ~entropy ~client:https_client ~store:block_certs
      ~config stack ~port:(https_port ()) server
    >>= fun answering ->
    Http.listen ~config stack ~port:(http_port ()) (answering (Https.redirect ~port:(https_port ())));
    Stack.listen stack
  in
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  http { Http.Server.callback = Dispatch.callback; conn_closed = ignore }

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
