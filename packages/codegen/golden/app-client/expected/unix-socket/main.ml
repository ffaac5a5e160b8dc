(* Written by mirage configure from fetch.conf. *)

open Lwt.Infix

module Stack = Tcpip_stack_socket.Make (Console)
module Resolver = Dns_resolver.Make (Stack) (OS.Time) (Clock)
module Secure_client = Https_client.Make (Stack) (Resolver) (OS.Time) (Clock) (Entropy)
module Application = Fetch.Main (Console) (Secure_client) (Resolver)

let () = Operations.start ~program:"fetch" ~now:Clock.time ~log_level:"info" ()

let addressing = []

let () =
  let servers = [ Ipaddr.of_string_exn "10.0.0.53"; Ipaddr.of_string_exn "10.0.0.54" ] in
  let domains = [ "example.org" ] in
  Name_service.tell ~source:"configuration" { servers; domains }

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
  device "stack" unknown (Stack.connect { V1_LWT.name = "stack"; console; interface = addressing; mode = () }) >>= fun stack ->
  device "resolver" (fun _ -> "it has no stack") (Resolver.connect stack) >>= fun resolver ->
  device "entropy" (fun (`Invalid_entropy why) -> why) (Entropy.connect ()) >>= fun entropy ->
  device "https_client" unknown (Secure_client.connect ~entropy ~anchors:Trust_anchors.pem stack resolver) >>= fun https_client ->
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start console https_client resolver

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
