(* Written by mirage configure from www.conf for the target unix-socket. *)

open Lwt.Infix

module Stack = Tcpip_stack_socket.Make (Console)
module Http_channel = Channel.Make (Stack.TCPV4)
module Http = HTTP.Make (Http_channel)

let addressing = []

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
  device "stack" words (Stack.connect { V1_LWT.name = "stack"; console; interface = addressing; mode = () }) >>= fun stack ->
  let http server =
    Stack.listen_tcpv4 stack ~port:8080 (Http.Server.listen server);
    Stack.listen stack
  in
  OS.Status.report "ready";
  http { Http.Server.callback = Dispatch.callback; conn_closed = (fun _ () -> ()) }

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
