(* Written by mirage configure from ping.conf. *)

open Lwt.Infix

let () = Operations.start ~program:"ping" ~now:Clock.time ~log_level:"info" ()

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
  device "net" unknown (Netif.connect "net") >>= fun net ->
  device "eth1" unknown (Netif.connect "eth1") >>= fun net_eth1 ->
  OS.Sandbox.enter ();
  let configure interface =
    Net.Manager.configure interface addressing >|= fun () -> OS.Status.report "ready"
  in
  let start manager interface id =
    (if id = "net" then configure interface else Lwt.return_unit) >>= fun () ->
    Ping.main manager interface id
  in
  let on_event event = OS.Status.report (Stack_event.to_string event) in
  Net.Manager.create ~devices:[ "net"; "eth1" ] ~on_event start

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
