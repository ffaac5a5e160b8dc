(* Written by mirage configure from modules.conf. *)

open Lwt.Infix

module Application = Unikernel.Main (Clock) (OS.Time) (Random) (Io_page)

let () = Operations.start ~program:"modules" ~now:Clock.time ~log_level:"info" ()

let main () =
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
