(* Written by mirage configure from old.conf. *)

open Lwt.Infix

let () = Operations.start ~program:"old" ~now:Clock.time ~log_level:"info" ()

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
  device "static" (fun (Filesystem_static.Unknown_key key) -> key) (Filesystem_static.connect ()) >>= fun fs_static ->
  OS.Devices.add_kv_ro "static" ~keys:Filesystem_static.file_list ~size:(Filesystem_static.size fs_static) ~read:(Filesystem_static.read fs_static);
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Old.main ()

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
