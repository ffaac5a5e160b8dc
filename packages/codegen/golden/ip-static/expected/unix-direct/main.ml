(* Written by mirage configure from ping.conf for the target unix-direct. *)

open Lwt.Infix

let addressing =
  let ip = Ipaddr.V4.of_string_exn in
  `IPv4 (ip "192.168.53.7", ip "255.255.255.0", [ ip "192.168.53.1" ])

let main () =
  OS.Status.report "ready";
  Net.Manager.create (fun manager interface id ->
    Net.Manager.configure interface addressing >>= fun () ->
    Ping.main manager interface id)

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
