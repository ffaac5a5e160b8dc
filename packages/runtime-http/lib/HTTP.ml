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

let mime_type = Mime.of_path

let body_of_cstructs buffers = Attachment.body (Views (buffers, None))
let key_of_uri uri = Site_path.(key (of_target (Uri.path uri)))

module Static = Static_site.Make
module Websocket = Websocket
