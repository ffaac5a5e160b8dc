(* Written by mirage configure from ping.conf for the target unix-direct. *)

open Lwt.Infix

let addressing = `DHCP

let main () =
  OS.Status.report "ready";
  Net.Manager.create (fun manager interface id ->
    Net.Manager.configure interface addressing >>= fun () ->
    Ping.main manager interface id)

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
