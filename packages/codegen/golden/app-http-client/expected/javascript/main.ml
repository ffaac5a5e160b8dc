(* Written by mirage configure from fetch.conf. *)

open Lwt.Infix

module Stack_ethif = Ethif.Make (Netif)
module Stack_ipv4 = Ipv4.Make (Stack_ethif)
module Stack_udpv4 = Udpv4.Make (Stack_ipv4)
module Stack_tcpv4 = Tcpv4.Make (Stack_ipv4) (OS.Time) (Clock) (Random)

module Stack_direct = struct
  include Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif)
    (Stack_ethif) (Stack_ipv4) (Stack_udpv4) (Stack_tcpv4)

  let on_event t f = on_event t (fun event -> f (Stack_event.to_string event))
end

module Stack = Tcpip_stack_js.Make (Console) (Stack_direct)
module Resolver = Dns_resolver.Make (Stack) (OS.Time) (Clock)
module Client = Http_client.Make (Stack) (Resolver) (OS.Time)
module Application = Fetch.Main (Console) (Client)

let () = Operations.start ~program:"fetch" ~now:Clock.time ~log_level:"info" ()

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
  device "stack" unknown (let interface = { Tcpip_stack_js.addresses = []; addressing } in
    Stack.connect { V1_LWT.name = "stack"; console; interface; mode = () }) >>= fun stack ->
  device "resolver" (fun _ -> "it has no stack") (Resolver.connect stack) >>= fun resolver ->
  let http_client = Client.create (stack, resolver)
  in
  OS.Status.report "ready";
  Application.start console http_client

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
