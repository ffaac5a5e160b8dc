(* Written by mirage configure from modules.conf. *)

open Lwt.Infix

module Application = Unikernel.Main (Clock) (OS.Time) (Random) (Io_page)

let main () =
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
