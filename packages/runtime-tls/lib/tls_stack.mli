(* SPDX-License-Identifier: ISC *)

(** TLS on the TCP connections of a stack. What serves over a stack by [listen_tcpv4]
    and reads and writes its flows, such as [Http_stack.Make], serves over this, too. *)

open Mirage_runtime_tls_core

module Make (S : V1_LWT.STACKV4) (Time : V1_LWT.TIME) (Clock : V1.CLOCK) : sig
  (** A stack, and how its connections are protected. *)
  type t

  (** Connections, in the words of {!V1.TCPV4}. *)
  module TCPV4 : sig
    type flow

    (** [`Unknown why] when TLS fails or the connection breaks. *)
    type error = [ `Unknown of string | `Timeout | `Refused ]

    val get_dest : flow -> Ipaddr.V4.t * int
    val session : flow -> Session.t

    (** [`Eof] is the peer's [close_notify]; an end without it is an error. *)
    val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t

    (** All four send at once, and fail when the peer is gone. *)

    val write : flow -> Cstruct.t -> unit Lwt.t
    val writev : flow -> Cstruct.t list -> unit Lwt.t
    val write_nodelay : flow -> Cstruct.t -> unit Lwt.t
    val writev_nodelay : flow -> Cstruct.t list -> unit Lwt.t
    val close : flow -> unit Lwt.t
  end

  (** [over server stack] protects connections that clients open, as [server] says. *)
  val over : Server.config -> S.t -> t

  (** The same, with a configuration that is asked for at each connection. *)
  val over_current : (unit -> Server.config) -> S.t -> t

  (** [listen_tcpv4 t ~port f] calls [f] for connections to [port] once their handshake
      is done. One that fails, or takes more than 10 s, is closed, and told to the log
      source ["tls"]; one for [Server.acme_protocol] is closed as well. *)
  val listen_tcpv4 : t -> port:int -> (TCPV4.flow -> unit Lwt.t) -> unit

  (** [secure config transport] does a client's handshake within 10 s on a connection that
      is open. An error says why in a sentence; then [transport] is closed. *)
  val secure :
    ?on_ticket:(Session.ticket -> unit) ->
    Client.config ->
    S.TCPV4.flow ->
    (TCPV4.flow, string) result Lwt.t

  (** [connect config stack (address, port)] opens a connection for {!secure}. *)
  val connect :
    ?on_ticket:(Session.ticket -> unit) ->
    Client.config ->
    S.t ->
    Ipaddr.V4.t * int ->
    (TCPV4.flow, string) result Lwt.t
end
