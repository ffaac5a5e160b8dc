(* Written by mirage configure from ping.conf. *)

open Lwt.Infix

let () = Operations.start ~program:"ping" ~now:Clock.time ~log_level:"info" ()

let addressing =
  let ip = Ipaddr.V4.of_string_exn in
  Ip_arguments.addressing (`IPv4 (ip "192.168.53.7", ip "255.255.255.0", [ ip "192.168.53.1" ]))

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
  device "net" unknown (Netif.connect "net") >>= fun net ->
  OS.Sandbox.enter ();
  let configure interface =
    Net.Manager.configure interface addressing >|= fun () -> OS.Status.report "ready"
  in
  let start manager interface id =
    (if id = "net" then configure interface else Lwt.return_unit) >>= fun () ->
    Ping.main manager interface id
  in
  let on_event event = OS.Status.report (Stack_event.to_string event) in
  Net.Manager.create ~devices:[ "net" ] ~on_event start

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
