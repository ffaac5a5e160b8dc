(* Written by mirage configure from sleepy.conf. *)

open Lwt.Infix

let () = Operations.start ~program:"sleepy" ~now:Clock.time ~log_level:"info" ()

let main () =
  OS.Status.report "ready";
  Sleepy.main ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
