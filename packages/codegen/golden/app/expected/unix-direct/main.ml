(* Written by mirage configure from app.conf. *)

open Lwt.Infix

module Stack_ethif = Ethif.Make (Netif)
module Stack_ipv4 = Ipv4.Make (Stack_ethif)
module Stack_udpv4 = Udpv4.Make (Stack_ipv4)
module Stack_tcpv4 = Tcpv4.Make (Stack_ipv4) (OS.Time) (Clock) (Random)

module Stack = Tcpip_stack_direct.Make (Console) (OS.Time) (Random) (Netif)
  (Stack_ethif) (Stack_ipv4) (Stack_udpv4) (Stack_tcpv4)

module Application = Unikernel.Main (Console) (Filesystem_static) (Stack)

let () = Operations.start ~program:"app" ~now:Clock.time ~log_level:"info" ()

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
  device "static" (fun (Filesystem_static.Unknown_key key) -> key) (Filesystem_static.connect ()) >>= fun fs_static ->
  device "net" unknown (Netif.connect "net") >>= fun net ->
  device "stack" unknown (Stack.connect { V1_LWT.name = "stack"; console; interface = net; mode = addressing }) >>= fun stack ->
  Stack.on_event stack (fun event -> OS.Status.report (Stack_event.to_string event));
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start console fs_static stack

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
