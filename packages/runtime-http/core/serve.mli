(* SPDX-License-Identifier: ISC *)

(** One connection of an HTTP/1.1 server. *)

type handler =
  Cohttp.Request.t ->
  Cohttp_lwt.Body.t ->
  (Cohttp.Response.t * Cohttp_lwt.Body.t) Lwt.t

(** How it ended. *)
type ending =
  | Closed  (** both sides, or this one and the peer had time to notice *)
  | Cut_off  (** the peer lost its time or its place: better reset it *)

(** [answer config ~log patience reader output handler] answers the requests of a
    connection, one after the other, until either side wants to close it.

    A request that cannot be understood is answered with its status (RFC 9110,
    section 15.5) and ends the connection. When [handler] fails, the answer is
    500, and [log] gets a line; likewise, without an answer, when the body that
    it gave fails half-way. A peer that goes away ends the connection, and is
    nobody's failure. Never fails. *)
val answer :
  Config.t ->
  log:(string -> unit) ->
  Patience.t ->
  Reader.t ->
  Output.t ->
  handler ->
  ending Lwt.t

(** [serve config ~log roster transport handler] is {!answer} on [transport], which
    is closed afterwards. What the peer still sends is taken for a while, so that
    the answer does not perish with a reset (RFC 9112, section 9.6). *)
val serve :
  Config.t ->
  log:(string -> unit) ->
  Roster.t ->
  Transport.t ->
  handler ->
  ending Lwt.t
