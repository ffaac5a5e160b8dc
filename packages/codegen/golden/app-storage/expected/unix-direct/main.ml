(* Written by mirage configure from storage.conf for the target unix-direct. *)

open Lwt.Infix

module Application = Unikernel.Main (Console) (Entropy) (Block) (Block) (Block)

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
  device "entropy" words (Entropy.connect ()) >>= fun entropy ->
  device "disk" words (Block.connect "images/first disk.img") >>= fun block_disk ->
  device "spare" words (Block.connect "spare.img") >>= fun block_spare ->
  OS.Status.report "ready";
  Application.start console entropy block_disk block_spare block_spare

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
