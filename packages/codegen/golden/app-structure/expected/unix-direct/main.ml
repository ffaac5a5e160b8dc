(* Written by mirage configure from structure.conf. *)

open Lwt.Infix

module Application = Unikernel

let () = Operations.start ~program:"structure" ~now:Clock.time ~log_level:"info" ()

let main () =
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
