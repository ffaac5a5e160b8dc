(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

type conn = (Ipaddr.V4.t * int) option * Cohttp.Connection.t
type response = Cohttp.Response.t * Cohttp_lwt.Body.t

type server = {
  callback : conn -> Cohttp.Request.t -> Cohttp_lwt.Body.t -> response Lwt.t;
  conn_closed : conn -> unit;
}

let log = ref (fun line -> try prerr_endline line with Sys_error _ -> ())

let serve ?timeout server peer transport =
  let transport =
    match timeout with
    | None -> transport
    | Some timeout -> Transport.with_timeout timeout transport
  in
  let conn = (peer, Cohttp.Connection.create ()) in
  let log line = !log line in
  Connection.serve ~log transport (server.callback conn) >|= fun () ->
  try server.conn_closed conn
  with e -> log ("http: conn_closed: " ^ Printexc.to_string e)
