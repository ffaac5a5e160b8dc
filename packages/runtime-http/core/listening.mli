(* SPDX-License-Identifier: ISC *)

(** A server and its connections; the types are documented in [HTTP]. *)

type conn = (Ipaddr.V4.t * int) option * Cohttp.Connection.t
type response = Cohttp.Response.t * Cohttp_lwt.Body.t

type server = {
  callback : conn -> Cohttp.Request.t -> Cohttp_lwt.Body.t -> response Lwt.t;
  conn_closed : conn -> unit;
}

(** Takes the messages on failing callbacks. *)
val log : (string -> unit) ref

(** [serve ~timeout server peer transport] serves a connection from [peer] until
    its end, or until it has stood still as {!Transport.with_timeout} says. Never
    fails. *)
val serve :
  ?timeout:(unit -> unit Lwt.t) ->
  server ->
  (Ipaddr.V4.t * int) option ->
  Transport.t ->
  unit Lwt.t
