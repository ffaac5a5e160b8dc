(* Written by mirage configure from shop.conf. *)

open Lwt.Infix

module Stack = Tcpip_stack_socket.Make (Console)
module Http = Http_stack.Make (Stack)
module Application = Unikernel.Main (Http.Server)

let http_port =
  Argument.value Argument.port ~default:8080 ~doc:"where the web server listens" "http-port"

let metrics_port =
  Argument.value Argument.port ~default:9100 ~doc:"where Prometheus asks for metrics" "metrics-port"

let () = Operations.start ~program:"shop" ~now:Clock.time ~log_level:"info" ()

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
  let module Metrics_http = Metrics_server.Make (Stack) in
  let metrics_config = { HTTP.Config.default with sleep = Some OS.Time.sleep } in
  Metrics_http.listen ~config:metrics_config stack ~port:(metrics_port ());
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  Application.start http

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
