(* Written by mirage configure from files.conf. *)

open Lwt.Infix

let () = Operations.start ~program:"list-files" ~now:Clock.time ~log_level:"info" ()

let main () =
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Files.list ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
