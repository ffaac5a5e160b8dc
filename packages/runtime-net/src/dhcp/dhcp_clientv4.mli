(* SPDX-License-Identifier: ISC *)

(** A DHCP client (RFC 2131, RFC 2132) that keeps an IPv4 interface configured:
    it asks until a server answers, makes sure that nobody has the address (RFC 5227),
    renews the lease, and gives the address up when the lease is over or somebody else
    insists on it. *)

module Make
    (C : V1_LWT.CONSOLE)
    (Time : V1_LWT.TIME)
    (Random : V1.RANDOM)
    (E : V1_LWT.ETHIF)
    (I : V1_LWT.IPV4 with type ethif = E.t)
    (U : V1_LWT.UDPV4 with type ipv4 = I.t) : sig
  type t

  (** The UDP port whose datagrams {!input} wants. *)
  val port : int

  (** [start ?on_address console ip udp] starts to ask for an address. Each one
      is set on [ip], with netmask and gateways, told on [console], and given to
      [on_address]. *)
  val start : ?on_address:(Ipaddr.V4.t -> unit) -> C.t -> I.t -> U.t -> t

  (** What a server has granted. *)
  type offer = {
    ip_addr : Ipaddr.V4.t;
    netmask : Ipaddr.V4.t option;
    gateways : Ipaddr.V4.t list;
    dns : Ipaddr.V4.t list;
    lease : int32;  (** seconds, unsigned; -1 is for ever *)
    xid : int32;  (** 0 *)
  }

  (** [create console ip udp] is {!start} with the stream of all that servers grant,
      as programs of 2014 call it. *)
  val create : C.t -> I.t -> U.t -> t * offer Lwt_stream.t

  (** [listen t ~dst_port] is {!input} for {!port}: a function for [listeners] of UDP. *)
  val listen : t -> dst_port:int -> U.callback option

  (** [input t] is to be called with what arrives at {!port}. *)
  val input : t -> U.callback

  (** Returns when there is an address for the first time. *)
  val bound : t -> unit Lwt.t

  (** The lease in force; its name servers and search domains are told to
      {!Name_service} as well. *)
  val lease : t -> Dhcp_machine.lease option

  (** [stop t] renews nothing any more. *)
  val stop : t -> unit
end
