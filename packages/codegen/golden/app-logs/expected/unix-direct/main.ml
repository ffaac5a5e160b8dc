(* Written by mirage configure from logs.conf. *)

open Lwt.Infix

module Application = Unikernel.Main (Console)

let () = Operations.start ~memory_budget:50331648 ~program:"logs" ~now:Clock.time ~log_level:"debug" ()

(* Why a device cannot be connected. *)
let unknown = function `Unknown why -> why | _ -> "it cannot be connected"

(* The device, or the end of the program. *)
let device name reason connecting =
  connecting >>= function
  | `Ok device -> Lwt.return device
  | `Error error ->
      prerr_endline ("device " ^ name ^ ": " ^ reason error);
      exit 2

let main () =
  device "console" (fun (`Invalid_console why) -> why) (Console.connect "console") >>= fun console ->
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start console

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
