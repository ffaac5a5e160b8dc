(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

type conn = (Ipaddr.V4.t * int) option * Cohttp.Connection.t
type response = Cohttp.Response.t * Cohttp_lwt.Body.t

type server = {
  callback : conn -> Cohttp.Request.t -> Cohttp_lwt.Body.t -> response Lwt.t;
  conn_closed : conn -> unit;
}

let log = ref (fun line -> try prerr_endline line with Sys_error _ -> ())

type group = { config : Config.t; roster : Roster.t }

(* The latest first. A program has few; one that makes a configuration for each
   connection must not fill memory. *)
let max_groups = 8
let groups : group list ref = ref []

let group config =
  match List.find_opt (fun group -> group.config == config) !groups with
  | Some group -> group
  | None ->
      let group = { config; roster = Roster.create config } in
      groups := List.filteri (fun i _ -> i < max_groups) (group :: !groups);
      group

let closed server conn =
  try server.conn_closed conn
  with e -> !log ("http: conn_closed: " ^ Printexc.to_string e)

let serve { config; roster } server peer transport =
  let conn = (peer, Cohttp.Connection.create ()) in
  let log line = !log line in
  Serve.serve config ~log roster transport (server.callback conn)
  >|= fun ending ->
  closed server conn;
  ending

let serve_and_close group server peer (transport : Transport.t) =
  let closed = ref false in
  let close () =
    closed := true;
    transport.close ()
  in
  serve group server peer { transport with close } >|= function
  | Serve.Cut_off when not !closed ->
      (* What is under way may never be taken, so nothing waits for the closing. *)
      Lwt.async (fun () ->
          Lwt.catch transport.close (fun _ -> Lwt.return_unit))
  | Closed | Cut_off -> ()
