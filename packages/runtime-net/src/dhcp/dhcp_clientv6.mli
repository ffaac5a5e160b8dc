(* SPDX-License-Identifier: ISC *)

(** A client of stateless DHCPv6 (RFC 8415, section 18.2.6): it tells {!Name_service} of name
    servers and search domains. *)

module Make (Time : V1_LWT.TIME) : sig
  type t

  (** The UDP port whose datagrams {!input} wants. *)
  val port : int

  (** [create ~mac ~send] asks; [send payload] is to send a datagram from {!port} to the
      servers on the link. *)
  val create : mac:Macaddr.t -> send:(Cstruct.t -> unit Lwt.t) -> t

  val input : t -> src_port:int -> Cstruct.t -> unit
  val stop : t -> unit

  (** Where the servers listen: ff02::1:2, port 547. *)
  val servers : Ipaddr.V6.t * int
end
