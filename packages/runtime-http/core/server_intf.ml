(* SPDX-License-Identifier: ISC *)

(** A connection: address and port of the peer where that is known, and a number
    of its own. *)
type conn = Listening.conn

(** Head and body of an answer. *)
type response = Listening.response

(** An answer, or its head and a function that writes its body and reads whatever
    comes: to send something that is no stream, or to change the protocol. *)
type response_action =
  [ `Expert of Cohttp.Response.t * (Http_io.ic -> Http_io.oc -> unit Lwt.t)
  | `Response of response ]

(** What applications see of a server; it includes [Cohttp_lwt.S.Server]. An
    application that is a functor of it is
    written as
    {[
      module Main (C : V1_LWT.CONSOLE) (H : HTTP.Server) = struct
        let start console http = http { H.callback; conn_closed }
      end
    ]}
    or with [(H : HTTP.S)] and [{ H.Server.callback; conn_closed }]. *)
module type S = sig
  module Request = Cohttp.Request
  module Response = Cohttp.Response
  module Body = Cohttp_lwt.Body
  module IO = Http_io

  type nonrec conn = conn
  type nonrec response_action = response_action

  (** How connections are served. *)
  type t = Listening.server = {
    callback : conn -> Request.t -> Body.t -> response Lwt.t;
    conn_closed : conn -> unit;
  }

  val make :
    ?conn_closed:(conn -> unit) ->
    callback:(conn -> Request.t -> Body.t -> response Lwt.t) ->
    unit ->
    t

  (** A server whose callback gives heads, and functions that write the bodies and
      frame them as the heads say. *)
  val make_expert :
    ?conn_closed:(conn -> unit) ->
    callback:
      (conn ->
      Request.t ->
      Body.t ->
      (Response.t * (IO.ic -> IO.oc -> unit Lwt.t)) Lwt.t) ->
    unit ->
    t

  (** A server whose callback decides for each request. *)
  val make_response_action :
    ?conn_closed:(conn -> unit) ->
    callback:(conn -> Request.t -> Body.t -> response_action Lwt.t) ->
    unit ->
    t

  (** [callback t conn ic oc] answers the requests of a connection until its end,
      which is to be closed then. *)
  val callback : t -> IO.conn -> IO.ic -> IO.oc -> unit Lwt.t

  (** [resolve_local_file ~docroot ~uri] is the path of [uri], decoded, below
      [docroot], whatever it contains. *)
  val resolve_local_file : docroot:string -> uri:Uri.t -> string

  (** [respond ~headers ~status ~body ()] answers with [body]. It is sent with its
      length, or in chunks if it is a stream and no [content-length] is among
      [headers]. [flush] is there for cohttp's sake: everything is sent at once. *)
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

  (** [respond_cstructs ~status ~body ()] answers with the octets of [body], with
      their length, and copies none of them. The buffers must not change any more. *)
  val respond_cstructs :
    ?headers:Cohttp.Header.t ->
    status:Cohttp.Code.status_code ->
    body:Cstruct.t list ->
    unit ->
    response Lwt.t

  (** [respond_error ~status ~body ()] answers with ["Error: "] and [body] as
      plain text; [status] is 500 by default. *)
  val respond_error :
    ?headers:Cohttp.Header.t ->
    ?status:Cohttp.Code.status_code ->
    body:string ->
    unit ->
    response Lwt.t

  (** 302, to [uri]. *)
  val respond_redirect :
    ?headers:Cohttp.Header.t -> uri:Uri.t -> unit -> response Lwt.t

  (** 401, with the challenge. *)
  val respond_need_auth :
    ?headers:Cohttp.Header.t ->
    auth:Cohttp.Auth.challenge ->
    unit ->
    response Lwt.t

  (** 404, as plain text that names [uri]. *)
  val respond_not_found : ?uri:Uri.t -> unit -> response Lwt.t

  (** [only methods request answer] is [answer ()] if the method of [request] is one of
      [methods]. Otherwise an OPTIONS is told what they are, a method that is known
      gets 405, and any other 501. *)
  val only :
    Cohttp.Code.meth list ->
    Request.t ->
    (unit -> response Lwt.t) ->
    response Lwt.t
end
