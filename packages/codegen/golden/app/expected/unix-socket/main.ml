(* Written by mirage configure from app.conf. *)

open Lwt.Infix

module Stack = Tcpip_stack_socket.Make (Console)
module Application = Unikernel.Main (Console) (Filesystem_static) (Stack)

let () = Operations.start ~program:"app" ~now:Clock.time ~log_level:"info" ()

let addressing = []

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
  device "static" (fun (Filesystem_static.Unknown_key key) -> key) (Filesystem_static.connect ()) >>= fun fs_static ->
  device "stack" unknown (Stack.connect { V1_LWT.name = "stack"; console; interface = addressing; mode = () }) >>= fun stack ->
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start console fs_static stack

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
