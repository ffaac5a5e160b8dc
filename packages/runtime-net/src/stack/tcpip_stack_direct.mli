(* SPDX-License-Identifier: ISC *)

(** An IPv4 stack on a network interface of its own. *)

type direct_ipv4_input =
  src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

module type UDPV4_DIRECT = V1_LWT.UDPV4 with type ipv4input = direct_ipv4_input
module type TCPV4_DIRECT = V1_LWT.TCPV4 with type ipv4input = direct_ipv4_input

module Make
    (Console : V1_LWT.CONSOLE)
    (Time : V1_LWT.TIME)
    (Random : V1.RANDOM)
    (Netif : V1_LWT.NETWORK)
    (Ethif : V1_LWT.ETHIF with type netif = Netif.t)
    (Ipv4 : V1_LWT.IPV4 with type ethif = Ethif.t)
    (Udpv4 : UDPV4_DIRECT with type ipv4 = Ipv4.t)
    (Tcpv4 : TCPV4_DIRECT with type ipv4 = Ipv4.t) : sig
  (** [connect config] starts to process frames, and returns when the stack has
      its address, by DHCP only once a server has answered. [listen t] returns
      when the stack is disconnected, or its interface is gone. *)
  include
    V1_LWT.STACKV4
      with type console = Console.t
       and type netif = Netif.t
       and type mode = V1_LWT.direct_stack_config
       and type udpv4 = Udpv4.t
       and type tcpv4 = Tcpv4.t
       and type ipv4 = Ipv4.t
       and module UDPV4 = Udpv4
       and module TCPV4 = Tcpv4
       and module IPV4 = Ipv4

  (** [on_event t f] calls [f] for each event from now on, in place of an earlier
      function, and at once for what holds already. *)
  val on_event : t -> (Stack_event.t -> unit) -> unit

  (** [bind_udpv4 t f] has [f] called with what arrives at a free port that nobody can
      guess (RFC 6056, section 3.3.1); the port, and what gives it back. No event tells
      of it. *)
  val bind_udpv4 : t -> Udpv4.callback -> int * (unit -> unit)
end
