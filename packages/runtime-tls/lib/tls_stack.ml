(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_tls_core

let source = Logs.Src.create "tls" ~doc:"TLS connections"

module Log = (val Logs.src_log source : Logs.LOG)

let handshake_seconds = 10.

module Make (S : V1_LWT.STACKV4) (Time : V1_LWT.TIME) (Clock : V1.CLOCK) =
struct
  module Flow = Tls_flow.Make (S.TCPV4) (Clock)

  module TCPV4 = struct
    type flow = Flow.flow
    type error = [ `Unknown of string | `Timeout | `Refused ]

    let get_dest flow = S.TCPV4.get_dest (Flow.transport flow)
    let session = Flow.session

    let read flow =
      Flow.read flow >|= function
      | (`Ok _ | `Eof) as result -> result
      | `Error error -> `Error (`Unknown (Flow.error_to_string error))

    let writev_nodelay flow parts =
      Flow.writev flow parts >>= function
      | `Ok () -> Lwt.return_unit
      | `Eof -> Lwt.fail_with "TLS: written to after the end"
      | `Error error -> Lwt.fail_with ("TLS: " ^ Flow.error_to_string error)

    let writev = writev_nodelay
    let write_nodelay flow part = writev_nodelay flow [ part ]
    let write = write_nodelay
    let close = Flow.close
  end

  type t = { server : unit -> Server.config; stack : S.t }

  let over_current server stack = { server; stack }
  let over server stack = over_current (fun () -> server) stack

  (* A handshake that takes too long fails like others. *)
  let in_time transport handshake =
    let late =
      Time.sleep handshake_seconds >>= fun () ->
      Lwt.catch (fun () -> S.TCPV4.close transport) (fun _ -> Lwt.return_unit)
      >|= fun () -> Error "no handshake in time"
    in
    Lwt.pick [ late; handshake >|= Result.map_error Flow.error_to_string ]

  let serve config callback transport =
    in_time transport (Flow.server config transport) >>= function
    | Ok flow when (Flow.session flow).protocol = Some Server.acme_protocol ->
        Flow.close flow
    | Ok flow -> callback flow
    | Error why ->
        let peer, port = S.TCPV4.get_dest transport in
        Log.info (fun m -> m "%s:%d: %s" (Ipaddr.V4.to_string peer) port why);
        Lwt.return_unit

  let listen_tcpv4 t ~port callback =
    S.listen_tcpv4 t.stack ~port (fun transport ->
        serve (t.server ()) callback transport)

  let secure ?on_ticket config transport =
    in_time transport (Flow.client ?on_ticket config transport)

  let connect ?on_ticket config stack destination =
    S.TCPV4.create_connection (S.tcpv4 stack) destination >>= function
    | `Ok transport -> secure ?on_ticket config transport
    | `Error `Timeout -> Lwt.return (Error "the server does not answer")
    | `Error `Refused -> Lwt.return (Error "the server refuses connections")
    | `Error (`Unknown why) -> Lwt.return (Error why)
end
