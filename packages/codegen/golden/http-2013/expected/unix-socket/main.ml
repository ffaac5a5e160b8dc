(* Written by mirage configure from www.conf. *)

open Lwt.Infix

module Stack = Tcpip_stack_socket.Make (Console)
module Http = Http_stack.Make (Stack)

let http_port =
  Argument.value Argument.port ~default:8080 ~doc:"where the web server listens" "http-port"

let () = Operations.start ~program:"www" ~now:Clock.time ~log_level:"info" ()

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
  device "stack" unknown (Stack.connect { V1_LWT.name = "stack"; console; interface = addressing; mode = () }) >>= fun stack ->
  let http server =
    let config =
      { HTTP.Config.default with now = Some Clock.time; sleep = Some OS.Time.sleep }
    in
    Http.listen ~config stack ~port:(http_port ()) server;
    Stack.listen stack
  in
  device "static" (fun (Filesystem_static.Unknown_key key) -> key) (Filesystem_static.connect ()) >>= fun fs_static ->
  OS.Devices.add_kv_ro "static" ~keys:Filesystem_static.file_list ~size:(Filesystem_static.size fs_static) ~read:(Filesystem_static.read fs_static);
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  http { Http.Server.callback = Cohttp_lwt_mirage.callback Dispatch.t; conn_closed = ignore }

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
