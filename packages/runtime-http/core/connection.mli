(* SPDX-License-Identifier: ISC *)

(** One connection of an HTTP/1.1 server. *)

type handler =
  Cohttp.Request.t ->
  Cohttp_lwt.Body.t ->
  (Cohttp.Response.t * Cohttp_lwt.Body.t) Lwt.t

(** [serve ~log transport handler] answers the requests of a connection, one
    after the other, until either side wants to close it; then closes it.

    A request that cannot be understood is answered with its status (RFC 9110,
    section 15.5) and ends the connection. When [handler] fails, the answer is
    500, and [log] gets a line; likewise, without an answer, when the body that
    it gave fails half-way. A peer that goes away ends the connection, and is
    nobody's failure. Never fails. *)
val serve : log:(string -> unit) -> Transport.t -> handler -> unit Lwt.t
