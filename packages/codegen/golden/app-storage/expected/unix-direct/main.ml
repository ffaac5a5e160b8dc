(* Written by mirage configure from storage.conf. *)

open Lwt.Infix

module Application = Unikernel.Main (Console) (Entropy) (Block) (Block) (Block)

let () = Operations.start ~program:"storage" ~now:Clock.time ~log_level:"info" ()

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
  device "entropy" (fun (`Invalid_entropy why) -> why) (Entropy.connect ()) >>= fun entropy ->
  device "disk" unknown (Block.connect "images/first disk.img") >>= fun block_disk ->
  device "spare" unknown (Block.connect "spare.img") >>= fun block_spare ->
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start console entropy block_disk block_spare block_spare

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
