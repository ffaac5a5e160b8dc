(* SPDX-License-Identifier: ISC *)

(** TLS 1.3 on a connection of any kind. *)

open Mirage_runtime_tls_core

(** What a connection must be able to do; every [TCPV4] of V1 can. *)
module type TRANSPORT = sig
  type flow
  type error

  val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t

  (** Sends at once, in the order of the calls; fails when the peer is gone. *)
  val writev_nodelay : flow -> Cstruct.t list -> unit Lwt.t

  val close : flow -> unit Lwt.t
end

module Make (T : TRANSPORT) (Clock : V1.CLOCK) : sig
  (** A connection whose handshake is done. *)
  type flow

  type error =
    [ `Tls of Connection.failure  (** TLS failed, here or at the peer *)
    | `Truncated
      (** the connection ended without [close_notify]: somebody may have cut it *)
    | `Transport of T.error ]

  val error_to_string : error -> string

  (** [server config flow] waits for a client's handshake. When it fails, [flow] is
      closed. *)
  val server : Server.config -> T.flow -> (flow, error) result Lwt.t

  (** [client config flow] does a client's handshake; [on_ticket] is given the tickets
      that come later. *)
  val client :
    ?on_ticket:(Session.ticket -> unit) ->
    Client.config ->
    T.flow ->
    (flow, error) result Lwt.t

  (** The connection underneath. *)
  val transport : flow -> T.flow

  val session : flow -> Session.t
  val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t

  (** Waits while the connection underneath does. [`Eof] after {!close}. *)
  val writev :
    flow -> Cstruct.t list -> [ `Ok of unit | `Eof | `Error of error ] Lwt.t

  val write :
    flow -> Cstruct.t -> [ `Ok of unit | `Eof | `Error of error ] Lwt.t

  (** New keys for both directions. *)
  val update_keys : flow -> unit Lwt.t

  (** Sends [close_notify] and closes the own side; data may still come. *)
  val close : flow -> unit Lwt.t
end
