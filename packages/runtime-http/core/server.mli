(* SPDX-License-Identifier: ISC *)

(** What callbacks are made of servers by, and answers with; documented in [HTTP]. *)

type conn = Listening.conn
type response = Listening.response
type t = Listening.server

type response_action =
  [ `Expert of Cohttp.Response.t * (Http_io.ic -> Http_io.oc -> unit Lwt.t)
  | `Response of response ]

val make_response_action :
  ?conn_closed:(conn -> unit) ->
  callback:
    (conn -> Cohttp.Request.t -> Cohttp_lwt.Body.t -> response_action Lwt.t) ->
  unit ->
  t

val make_expert :
  ?conn_closed:(conn -> unit) ->
  callback:
    (conn ->
    Cohttp.Request.t ->
    Cohttp_lwt.Body.t ->
    (Cohttp.Response.t * (Http_io.ic -> Http_io.oc -> unit Lwt.t)) Lwt.t) ->
  unit ->
  t

val make :
  ?conn_closed:(conn -> unit) ->
  callback:(conn -> Cohttp.Request.t -> Cohttp_lwt.Body.t -> response Lwt.t) ->
  unit ->
  t

val callback : t -> Http_io.conn -> Http_io.ic -> Http_io.oc -> unit Lwt.t
val resolve_local_file : docroot:string -> uri:Uri.t -> string

val respond :
  ?headers:Cohttp.Header.t ->
  ?flush:bool ->
  status:Cohttp.Code.status_code ->
  body:Cohttp_lwt.Body.t ->
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
  Cohttp.Request.t ->
  (unit -> response Lwt.t) ->
  response Lwt.t
