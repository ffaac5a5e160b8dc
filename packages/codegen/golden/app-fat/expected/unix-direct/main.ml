(* Written by mirage configure from fat.conf. *)

open Lwt.Infix

module Fat_data = Fat.Make (Block) (Io_page)
module Application = Unikernel.Main (Console) (Fat_data)

let () = Operations.start ~program:"fat" ~now:Clock.time ~log_level:"info" ()

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
  device "disk" unknown (Block.connect "disk.img") >>= fun block_disk ->
  device "data" (function `Format_not_recognised why | `Unknown_error why -> why | _ -> "its block device failed") (Fat_data.connect block_disk) >>= fun fat_data ->
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start console fat_data

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
