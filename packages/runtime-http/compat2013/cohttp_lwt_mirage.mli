(* SPDX-License-Identifier: ISC *)

(** What programs of 2013 find of cohttp. *)

module Request = Cohttp.Request
module Response = Cohttp.Response
module Body = Cohttp_lwt.Body
module Server : HTTP.Server

(** [callback f] is [f] as servers call it now. In 2013 the body came first, and was
    not there if it was empty. *)
val callback :
  (HTTP.conn -> ?body:Body.t -> Request.t -> HTTP.response Lwt.t) ->
  HTTP.conn ->
  Request.t ->
  Body.t ->
  HTTP.response Lwt.t
