(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_http_core
module Config = Config
module IO = Http_io

type conn = Listening.conn
type response = Listening.response

type server = Listening.server = {
  callback : conn -> Cohttp.Request.t -> Cohttp_lwt.Body.t -> response Lwt.t;
  conn_closed : conn -> unit;
}

type response_action = Server.response_action

module type Server = Server_intf.S

module Server = Server

module type S = sig
  module Server : Server
end

module type Listener = sig
  include Server
  module Server : Server

  type flow

  val listen : ?config:Config.t -> t -> flow -> unit Lwt.t
end

let log = Listening.log

module Make (CH : V1_LWT.CHANNEL) = struct
  module Server = struct
    include Server
    module Server = Server

    type flow = CH.flow

    let transport channel =
      let read () =
        Lwt.catch
          (fun () -> CH.read_some channel >>= Lwt.return_some)
          (fun _ -> Lwt.return_none)
      in
      let broken _ = Lwt.fail Transport.Broken in
      let write parts =
        List.iter (CH.write_buffer channel) parts;
        Lwt.catch (fun () -> CH.flush channel) broken
      in
      let close () = Lwt.catch (fun () -> CH.close channel) broken in
      { Transport.read; write; close }

    let listen ?(config = Config.default) server flow =
      Listening.serve_and_close (Listening.group config) server None
        (transport (CH.create flow))
  end
end

let probe { callback; conn_closed } path =
  let conn = (None, Cohttp.Connection.create ()) in
  let request = Cohttp.Request.make ~meth:`GET (Uri.make ~scheme:"http" ~host:"localhost" ~path ()) in
  let judge (response, body) =
    Cohttp_lwt.Body.drain_body body >|= fun () ->
    match Cohttp.Code.code_of_status (Cohttp.Response.status response) with
    | code when code >= 200 && code < 400 -> None
    | code -> Some (Printf.sprintf "%s answers %d" path code)
  in
  Lwt.catch
    (fun () ->
      Lwt.finalize
        (fun () -> callback conn request Cohttp_lwt.Body.empty >>= judge)
        (fun () -> Lwt.return (conn_closed conn)))
    (fun e -> Lwt.return_some (Printf.sprintf "%s fails: %s" path (Printexc.to_string e)))

let mime_type = Mime.of_path

let body_of_cstructs buffers = Attachment.body (Views (buffers, None))
let key_of_uri uri = Site_path.(key (of_target (Uri.path uri)))

module Static = Static_site.Make
module Websocket = Websocket
