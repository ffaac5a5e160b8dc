(* Written by mirage configure from two.conf. *)

open Lwt.Infix

let () = Operations.start ~program:"two" ~now:Clock.time ~log_level:"info" ()

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
  OS.Status.report "ready";
  Two.main ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
