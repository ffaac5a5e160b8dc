(* SPDX-License-Identifier: ISC *)

(** WebSocket (RFC 6455), the server's side; documented in [HTTP]. *)

type t
type message = Text of string | Binary of string

exception Closed

val upgrade :
  ?headers:Cohttp.Header.t ->
  ?protocols:string list ->
  ?max_message:int ->
  Cohttp.Request.t ->
  (t -> unit Lwt.t) ->
  (Cohttp.Response.t * Cohttp_lwt.Body.t) Lwt.t

val protocol : t -> string option
val receive : t -> message option Lwt.t
val send : t -> message -> unit Lwt.t
val ping : ?payload:string -> t -> unit Lwt.t
val close : ?code:int -> ?reason:string -> t -> unit Lwt.t
val closed_by_peer : t -> (int * string) option
