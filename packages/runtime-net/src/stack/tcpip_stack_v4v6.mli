(* SPDX-License-Identifier: ISC *)

(** A stack for both versions of IP on a network interface of its own. UDP and TCP are one
    each, whose listeners hear what they ask for: either version, or both. *)

module Make
    (Console : V1_LWT.CONSOLE)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (Random : V1.RANDOM)
    (Netif : V1_LWT.NETWORK)
    (Ethif : V1_LWT.ETHIF with type netif = Netif.t)
    (Ipv4 : V1_LWT.IPV4 with type ethif = Ethif.t)
    (Ipv6 : Ipv6.S with type ethif = Ethif.t) : sig
  (** [connect config] starts to process frames, and returns when the stack has its address
      of IPv4, by DHCP only once a server has answered. The addresses of IPv6 follow when
      they have been tried. [listen t] returns when the stack is disconnected, or its
      interface is gone. *)
  include
    V1_LWT.STACKV4V6
      with type console = Console.t
       and type netif = Netif.t
       and type mode = V1_LWT.direct_stackv4v6_config
       and type ipv4 = Ipv4.t
       and type ipv6 = Ipv6.t
       and module IPV4 = Ipv4

  (** [on_event t f] calls [f] for each event from now on, in place of an earlier
      function, and at once for what holds already. *)
  val on_event : t -> (Stack_event.t -> unit) -> unit

  (** As {!Tcpip_stack_direct.Make.bind_udpv4}. *)
  val bind_udpv4 : t -> UDPV4.callback -> int * (unit -> unit)

  (** [set_tcp_config t config] holds for connections to come. *)
  val set_tcp_config : t -> Tcp_config.t -> unit

  (** The number of connections in whatever state, TIME-WAIT included. *)
  val connections : t -> int
end
