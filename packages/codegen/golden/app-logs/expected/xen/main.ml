(* Written by mirage configure from logs.conf. *)

open Lwt.Infix

module Application = Unikernel.Main (Console)

(* What is said through Logs: a line of time, level, source and text on the console. *)
let report_log source level ~over k message =
  message (fun ?header:_ ?tags:_ format ->
      Format.kasprintf
        (fun text ->
          let { Clock.tm_year; tm_mon; tm_mday; tm_hour; tm_min; tm_sec; _ } =
            Clock.gmtime (Clock.time ())
          in
          Printf.eprintf "%04d-%02d-%02dT%02d:%02d:%02dZ %s %s: %s\n%!"
            (tm_year + 1900) (tm_mon + 1) tm_mday tm_hour tm_min tm_sec
            (Logs.level_to_string (Some level)) (Logs.Src.name source) text;
          over ();
          k ())
        format)

let () =
  Logs.set_level (Some Logs.Debug);
  Logs.set_reporter { Logs.report = report_log }

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
  OS.Status.report "ready";
  Application.start console

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
