(* SPDX-License-Identifier: ISC *)

(** HTTP servers straight on a TCP/IP stack: callbacks learn the peer's address,
    and every write says that it must not wait for more (Nagle's algorithm,
    RFC 896, against delayed acknowledgements). *)

(** What is needed of a stack. Any [STACKV4] of V1 has it, and [Tls_stack], over which
    a server is one of HTTPS. *)
module type STACK = sig
  type t

  module TCPV4 : sig
    type flow
    type error

    val get_dest : flow -> Ipaddr.V4.t * int
    val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t
    val writev_nodelay : flow -> Cstruct.t list -> unit Lwt.t
    val close : flow -> unit Lwt.t
  end

  val listen_tcpv4 : t -> port:int -> (TCPV4.flow -> unit Lwt.t) -> unit
end

module Make (S : STACK) : sig
  module Server : HTTP.Listener with type flow = S.TCPV4.flow

  (** [listen stack ~port server] serves the connections to [port] of [stack],
      once the stack listens. A peer that uses up its time or its place, as [config]
      says, is reset. *)
  val listen : ?config:HTTP.Config.t -> S.t -> port:int -> Server.t -> unit
end
