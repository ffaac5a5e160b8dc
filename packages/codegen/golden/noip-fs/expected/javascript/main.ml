(* Written by mirage configure from files.conf. *)

open Lwt.Infix

let main () =
  OS.Status.report "ready";
  Files.list ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
