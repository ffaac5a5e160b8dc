(* SPDX-License-Identifier: ISC *)

(** HTTP servers straight on a TCP/IP stack: callbacks learn the peer's address,
    and every write says that it must not wait for more (Nagle's algorithm,
    RFC 896, against delayed acknowledgements). *)

module Make (S : V1_LWT.STACKV4) : sig
  module Server : HTTP.Listener with type flow = S.TCPV4.flow

  (** [listen stack ~port server] serves the connections to [port] of [stack],
      once the stack listens. [timeout] is that of {!Server.listen}. *)
  val listen :
    ?timeout:(unit -> unit Lwt.t) -> S.t -> port:int -> Server.t -> unit
end
