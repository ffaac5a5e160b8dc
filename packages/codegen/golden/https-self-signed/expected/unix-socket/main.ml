(* Written by mirage configure from www.conf. *)

open Lwt.Infix

module Stack = Tcpip_stack_socket.Make (Console)
module Http = Http_stack.Make (Stack)
module Http_tls = Https.Make (Stack) (OS.Time) (Clock) (Entropy)

let http_port =
  Argument.value Argument.port ~default:8080 ~doc:"where the web server listens" "http-port"

let https_port =
  Argument.value Argument.port ~default:8443 ~doc:"where it listens for HTTPS" "https-port"

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
  device "entropy" (fun (`Invalid_entropy why) -> why) (Entropy.connect ()) >>= fun entropy ->
  let http server =
    let config =
      { HTTP.Config.default with now = Some Clock.time; sleep = Some OS.Time.sleep }
    in
    Lwt.return Https.Self_signed >>= fun identity ->
    Http_tls.listen ~entropy ~identity ~config stack ~port:(https_port ()) server >>= fun () ->
    Http.listen ~config stack ~port:(http_port ()) server;
    Stack.listen stack
  in
  OS.Sandbox.enter ();
  OS.Status.report "ready";
  http { Http.Server.callback = Dispatch.callback; conn_closed = ignore }

let () =
  Random.self_init ();
  OS.Main.run (Lwt.pause () >>= main)
