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

(** Connections that share the limits of a configuration. *)
type group

(** [group config] is the group of [config]: the same one as before for the same value
    (physically), if that is among the latest eight. *)
val group : Config.t -> group

(** [serve group server peer transport] serves a connection from [peer] until its
    end. One that is {!Serve.Cut_off} is left for its network to reset. Never fails. *)
val serve :
  group ->
  server ->
  (Ipaddr.V4.t * int) option ->
  Transport.t ->
  Serve.ending Lwt.t

(** {!serve}, for networks that cannot reset a connection: it is closed in any case. *)
val serve_and_close :
  group -> server -> (Ipaddr.V4.t * int) option -> Transport.t -> unit Lwt.t

(** [closed server conn] tells [server] that [conn] has ended. Never fails. *)
val closed : server -> conn -> unit
