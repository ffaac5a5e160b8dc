(* Written by mirage configure from fat.conf for the target unix-direct. *)

open Lwt.Infix

module Fat_data = Fat.Make (Block) (Io_page)
module Application = Unikernel.Main (Console) (Fat_data)

(* Why a device cannot be connected. *)
let words = function
  | `Unknown text
  | `Unknown_error text
  | `Invalid_console text
  | `Invalid_entropy text
  | `Format_not_recognised text ->
      text
  | _ -> "it cannot be connected"

(* The device, or the end of the program. *)
let device name words connecting =
  connecting >>= function
  | `Ok device -> Lwt.return device
  | `Error error ->
      prerr_endline ("device " ^ name ^ ": " ^ words error);
      exit 2

let main () =
  device "console" words (Console.connect "console") >>= fun console ->
  device "disk" words (Block.connect "disk.img") >>= fun block_disk ->
  device "data" words (Fat_data.connect block_disk) >>= fun fat_data ->
  OS.Status.report "ready";
  Application.start console fat_data

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
