(* Written by mirage configure from hello.conf. *)

open Lwt.Infix

let () = Operations.start ~program:"hello" ~now:Clock.time ~log_level:"info" ()

let main () =
  OS.Status.report "ready";
  Hello.main ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
