(* Written by mirage configure from hello.conf. *)

open Lwt.Infix

let main () =
  OS.Status.report "ready";
  Hello.main ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
