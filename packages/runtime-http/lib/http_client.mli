(* SPDX-License-Identifier: ISC *)

(** An HTTP/1.1 client (RFC 9110, RFC 9112) with cohttp's interface. *)

(** The request came to nothing; a sentence that says why. So do bodies fail. *)
exception Failed of string

(** What the client grants servers. *)
module Config = HTTP.Config

(** How connections are opened. *)
module type CONNECTOR = sig
  type t

  (** [connect t ~tls ~host ~port] is a connection to that host, over TLS if [tls]; or a
      sentence that says why there is none. *)
  val connect :
    t ->
    tls:bool ->
    host:string ->
    port:int ->
    (Mirage_runtime_http_core.Transport.t, string) result Lwt.t

  (** Waits so many seconds. *)
  val sleep : float -> unit Lwt.t
end

(** A client. [call ~ctx meth uri] sends a request to the host of [uri], whose scheme is
    [http] or [https], and returns with the head of the response; its body is a stream that
    has to be read or drained, for the connection to be used again. Connections are kept for
    30 s, four to each server and sixteen in all; a request that meets the end of a kept one is
    sent again, if it can be. Redirections are the caller's. Without [ctx], the client that was
    made last is used.

    A [body] that is a stream goes in chunks, unless [chunked] is [false]: then it is read
    to its end first. *)
module type S = sig
  include Cohttp_lwt.S.Client

  type connector

  (** [create ?config connector] *)
  val create : ?config:Config.t -> connector -> ctx
end

(** Over any connections. *)
module Over (C : CONNECTOR) : S with type connector = C.t

(** What is needed of a stack to open connections. *)
module type STACK = sig
  type t

  module TCPV4 : sig
    type t
    type flow
    type error = [ `Unknown of string | `Timeout | `Refused ]

    val create_connection :
      t -> Ipaddr.V4.t * int -> [ `Ok of flow | `Error of error ] Lwt.t

    val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t
    val writev_nodelay : flow -> Cstruct.t list -> unit Lwt.t
    val close : flow -> unit Lwt.t
  end

  val tcpv4 : t -> TCPV4.t
end

(** How to reach a host by name and TCP. *)
module Dial (S : STACK) (R : V1_LWT.RESOLVER with type ipaddr = Ipaddr.t) : sig
  (** [dial stack resolver ~host ~port] is a connection to one of the host's addresses, tried
      in their order; or a sentence that says why there is none. *)
  val dial :
    S.t -> R.t -> host:string -> port:int -> (S.TCPV4.flow, string) result Lwt.t
end

(** Over the TCP of a stack; [https] is refused. *)
module Make
    (S : STACK)
    (R : V1_LWT.RESOLVER with type ipaddr = Ipaddr.t)
    (Time : V1_LWT.TIME) : S with type connector = S.t * R.t
