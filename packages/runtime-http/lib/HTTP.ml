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

module type Server = sig
  module Request = Cohttp.Request
  module Response = Cohttp.Response
  module Body = Cohttp_lwt.Body
  module IO = Http_io

  type nonrec conn = conn
  type nonrec response_action = response_action

  type t = server = {
    callback : conn -> Request.t -> Body.t -> response Lwt.t;
    conn_closed : conn -> unit;
  }

  val make :
    ?conn_closed:(conn -> unit) ->
    callback:(conn -> Request.t -> Body.t -> response Lwt.t) ->
    unit ->
    t

  val make_expert :
    ?conn_closed:(conn -> unit) ->
    callback:
      (conn ->
      Request.t ->
      Body.t ->
      (Response.t * (IO.ic -> IO.oc -> unit Lwt.t)) Lwt.t) ->
    unit ->
    t

  val make_response_action :
    ?conn_closed:(conn -> unit) ->
    callback:(conn -> Request.t -> Body.t -> response_action Lwt.t) ->
    unit ->
    t

  val callback : t -> IO.conn -> IO.ic -> IO.oc -> unit Lwt.t
  val resolve_local_file : docroot:string -> uri:Uri.t -> string

  val respond :
    ?headers:Cohttp.Header.t ->
    ?flush:bool ->
    status:Cohttp.Code.status_code ->
    body:Body.t ->
    unit ->
    response Lwt.t

  val respond_string :
    ?flush:bool ->
    ?headers:Cohttp.Header.t ->
    status:Cohttp.Code.status_code ->
    body:string ->
    unit ->
    response Lwt.t

  val respond_cstructs :
    ?headers:Cohttp.Header.t ->
    status:Cohttp.Code.status_code ->
    body:Cstruct.t list ->
    unit ->
    response Lwt.t

  val respond_error :
    ?headers:Cohttp.Header.t ->
    ?status:Cohttp.Code.status_code ->
    body:string ->
    unit ->
    response Lwt.t

  val respond_redirect :
    ?headers:Cohttp.Header.t -> uri:Uri.t -> unit -> response Lwt.t

  val respond_need_auth :
    ?headers:Cohttp.Header.t ->
    auth:Cohttp.Auth.challenge ->
    unit ->
    response Lwt.t

  val respond_not_found : ?uri:Uri.t -> unit -> response Lwt.t

  val only :
    Cohttp.Code.meth list ->
    Request.t ->
    (unit -> response Lwt.t) ->
    response Lwt.t
end

module Core_server = Server

module Server = struct
  module Request = Cohttp.Request
  module Response = Cohttp.Response
  module Body = Cohttp_lwt.Body
  module IO = IO

  type nonrec conn = conn
  type nonrec response_action = response_action

  type t = server = {
    callback : conn -> Request.t -> Body.t -> response Lwt.t;
    conn_closed : conn -> unit;
  }

  include (
    Core_server :
      module type of Core_server
        with type t := Core_server.t
         and type conn := Core_server.conn
         and type response := Core_server.response
         and type response_action := Core_server.response_action)
end

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
