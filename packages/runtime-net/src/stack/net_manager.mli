(* SPDX-License-Identifier: ISC *)

(** The stacks of an application that manages its network interfaces by itself,
    as [main-ip] applications of 2013 do: what they call [Net.Manager],
    [Net.Flow], [Net.Datagram] and [Net.Channel].

    In their [Net]: {[
      module Manager = Net_manager.Make (Console) (OS.Time) (Clock) (Random) (Netif)
      module Flow = Manager.Flow
      module Datagram = Manager.Datagram
      module Channel = Manager.Channel
    ]} *)

module Make
    (Console : V1_LWT.CONSOLE with type id = string)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (Random : V1.RANDOM)
    (Netif : V1_LWT.NETWORK with type id = string) : sig
  (** The layers of an interface, for use by hand. *)

  module Ethif : V1_LWT.ETHIF with type netif = Netif.t
  module Ipv4 : V1_LWT.IPV4 with type ethif = Ethif.t

  module Udpv4 :
    V1_LWT.UDPV4
      with type ipv4 = Ipv4.t
       and type ipv4input =
        src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

  module Tcpv4 : Tcpv4.S with type ipv4 = Ipv4.t

  (** How an interface gets its address: by DHCP, or address, netmask and
      gateways. *)
  type config = V1_LWT.direct_stack_config

  (** The name of an interface. *)
  type id = string

  type interface
  type t
  type callback = t -> interface -> id -> unit Lwt.t

  (** {1 Starting} *)

  (** [create ~devices ~on_event callback] connects the interfaces [devices]
      ([net] alone by default), calls [callback] for each of them, when all are
      there, and hears from then on what arrives. It returns when all callbacks
      have returned and none of them left a listener behind; when cancelled, it
      lets go of the interfaces. It fails if an interface is missing or a
      callback fails. *)
  val create :
    ?devices:id list ->
    ?on_event:(Stack_event.t -> unit) ->
    callback ->
    unit Lwt.t

  (** [configure interface config] gives it an address; by DHCP it returns when a
      server has answered. *)
  val configure : interface -> config -> unit Lwt.t

  (** [plug t id netif] adds an interface and calls the callback of {!create}. *)
  val plug : t -> id -> Netif.t -> unit Lwt.t

  (** [unplug t id] forgets it, and ends its connections. *)
  val unplug : t -> id -> unit

  (** {1 The parts of an interface} *)

  val get_id : interface -> id
  val get_netif : interface -> Netif.t
  val get_ethif : interface -> Ethif.t
  val get_ipv4 : interface -> Ipv4.t
  val get_udp : interface -> Udpv4.t
  val get_tcp : interface -> Tcpv4.t

  (** The interfaces in the order of [devices]. *)
  val get_intfs : t -> (id * interface) list

  (** The following fail with [Not_found] if there is no such interface. *)

  val get_intf_mac : t -> id -> Macaddr.t
  val get_intf_ipv4addr : t -> id -> Ipaddr.V4.t

  (** [inject_packet t id frame] sends a whole Ethernet frame. *)
  val inject_packet : t -> id -> Cstruct.t -> unit Lwt.t

  (** [set_promiscuous t id f] has [f] called with every frame that [id] receives,
      before it is processed. *)
  val set_promiscuous : t -> id -> (id -> Cstruct.t -> unit Lwt.t) -> unit

  (** The layers of the interfaces with that address, or of all. *)

  val tcpv4_of_addr : t -> Ipaddr.V4.t option -> Tcpv4.t list
  val udpv4_of_addr : t -> Ipaddr.V4.t option -> Udpv4.t list

  (** {1 Listening} *)

  (** [listen_tcpv4 interface ~port f] calls [f] for connections, in place of an
      earlier listener. *)
  val listen_tcpv4 : interface -> port:int -> Tcpv4.callback -> unit

  (** Likewise for datagrams. *)
  val listen_udpv4 : interface -> port:int -> Udpv4.callback -> unit

  (** [listen_ipv4 interface ~proto f] calls [f] for the datagrams of another
      protocol. Echo requests (ICMP, 1) are answered without it. *)
  val listen_ipv4 : interface -> proto:int -> Ipv4.callback -> unit

  (** {1 As in 2013} *)

  (** An own address, or any, and a port. *)
  type ipv4_src = Ipaddr.V4.t option * int

  type ipv4_dst = Ipaddr.V4.t * int

  (** Connections. *)
  module Flow : sig
    type flow := Tcpv4.flow
    type mgr := t
    type t = flow

    (** [None] at the end of the stream, and when the connection is lost. *)
    val read : t -> Cstruct.t option Lwt.t

    val write : t -> Cstruct.t -> unit Lwt.t
    val writev : t -> Cstruct.t list -> unit Lwt.t
    val close : t -> unit Lwt.t

    (** [listen mgr (`TCPv4 (src, f))] calls [f] for connections, until it is
        cancelled. *)
    val listen :
      mgr -> [< `TCPv4 of ipv4_src * (ipv4_dst -> t -> unit Lwt.t) ] -> unit Lwt.t

    (** [connect mgr (`TCPv4 (src, dst, f))] opens a connection and returns when
        [f] does. It fails with {!Channel.Failed} if there is no connection. *)
    val connect :
      mgr ->
      [< `TCPv4 of ipv4_src option * ipv4_dst * (t -> unit Lwt.t) ] ->
      unit Lwt.t
  end

  (** Datagrams. *)
  module Datagram : sig
    type mgr := t

    module UDPv4 : sig
      (** [recv mgr src f] calls [f] with the sender of each datagram, until it is
          cancelled. *)
      val recv : mgr -> ipv4_src -> (ipv4_dst -> Cstruct.t -> unit Lwt.t) -> unit Lwt.t

      val send : mgr -> ?src:ipv4_src -> ipv4_dst -> Cstruct.t -> unit Lwt.t
    end
  end

  (** Buffered connections. *)
  module Channel : sig
    type mgr := t

    include V1_LWT.CHANNEL with type flow = Tcpv4.flow

    val listen :
      mgr -> [< `TCPv4 of ipv4_src * (ipv4_dst -> t -> unit Lwt.t) ] -> unit Lwt.t

    val connect :
      mgr ->
      [< `TCPv4 of ipv4_src option * ipv4_dst * (t -> unit Lwt.t) ] ->
      unit Lwt.t
  end
end
