(* SPDX-License-Identifier: ISC *)

(** {!V1} with its abstract types fixed: computations are [Lwt.t], buffers are
    [Cstruct.t], addresses are [Ipaddr.V4.t] and [Macaddr.t]. What a signature
    leaves abstract here belongs to its implementation. *)

(** A device. *)
module type DEVICE = V1.DEVICE with type 'a io = 'a Lwt.t

(** Waiting. *)
module type TIME = V1.TIME with type 'a io = 'a Lwt.t

(** A pseudo-random generator. *)
module type RANDOM = V1.RANDOM

(** A source of random bytes. *)
module type ENTROPY =
  V1.ENTROPY with type 'a io = 'a Lwt.t and type buffer = Cstruct.t

(** The wall clock. *)
module type CLOCK = V1.CLOCK

(** Pages for devices. *)
module type IO_PAGE = V1.IO_PAGE with type buf = Cstruct.t

(** A text console. *)
module type CONSOLE = V1.CONSOLE with type 'a io = 'a Lwt.t

(** A device of fixed-size sectors. *)
module type BLOCK =
  V1.BLOCK with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t

(** Values by key, read-only. *)
module type KV_RO =
  V1.KV_RO with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t

(** A file system with folders. *)
module type FS =
  V1.FS with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t

(** A network interface. Its pages are those of {!module-type:V1.IO_PAGE}. *)
module type NETWORK =
  V1.NETWORK
    with type 'a io = 'a Lwt.t
     and type page_aligned_buffer =
      (char, Bigarray.int8_unsigned_elt, Bigarray.c_layout) Bigarray.Array1.t
     and type buffer = Cstruct.t
     and type macaddr = Macaddr.t

(** Ethernet. *)
module type ETHIF =
  V1.ETHIF
    with type 'a io = 'a Lwt.t
     and type buffer = Cstruct.t
     and type macaddr = Macaddr.t
     and type ipv4addr = Ipaddr.V4.t

(** IPv4. *)
module type IPV4 =
  V1.IPV4
    with type 'a io = 'a Lwt.t
     and type buffer = Cstruct.t
     and type ipv4addr = Ipaddr.V4.t

(** IPv6 on one interface. *)
module type IPV6 =
  V1.IPV6
    with type 'a io = 'a Lwt.t
     and type buffer = Cstruct.t
     and type ipv6addr = Ipaddr.V6.t

(** UDP over IPv4. *)
module type UDPV4 =
  V1.UDPV4
    with type 'a io = 'a Lwt.t
     and type buffer = Cstruct.t
     and type ipv4addr = Ipaddr.V4.t

(** TCP over IPv4. *)
module type TCPV4 =
  V1.TCPV4
    with type 'a io = 'a Lwt.t
     and type buffer = Cstruct.t
     and type ipv4addr = Ipaddr.V4.t

(** UDP over IPv6. *)
module type UDPV6 =
  V1.UDPV6
    with type 'a io = 'a Lwt.t
     and type buffer = Cstruct.t
     and type ipv6addr = Ipaddr.V6.t

(** TCP over IPv6. *)
module type TCPV6 =
  V1.TCPV6
    with type 'a io = 'a Lwt.t
     and type buffer = Cstruct.t
     and type ipv6addr = Ipaddr.V6.t

(** The [interface] of a stack on sockets: the host's addresses to listen on, all
    of them if the list is empty. *)
type socket_stack_config = Ipaddr.V4.t list

(** The [mode] of a stack on a network interface: by DHCP (RFC 2131), or with a
    given address, netmask and gateways. *)
type direct_stack_config =
  [ `DHCP | `IPv4 of Ipaddr.V4.t * Ipaddr.V4.t * Ipaddr.V4.t list ]

(** What a stack is connected with. *)
type ('console, 'netif, 'mode) stackv4_config = {
  name : string;  (** for messages *)
  console : 'console;
  interface : 'netif;
  mode : 'mode;
}

(** A whole IPv4 stack. *)
module type STACKV4 =
  V1.STACKV4
    with type 'a io = 'a Lwt.t
     and type ('a, 'b, 'c) config = ('a, 'b, 'c) stackv4_config
     and type ipv4addr = Ipaddr.V4.t
     and type buffer = Cstruct.t

(** How a stack on a network interface gets its addresses of IPv6: those given, with the
    bits of their networks' prefixes, and gateways; and from routers, if they are to be
    asked (RFC 4862). *)
type direct_ipv6_config = {
  addresses : (Ipaddr.V6.t * int) list;
  gateways : Ipaddr.V6.t list;
  slaac : bool;
}

(** The [mode] of a stack for both versions of IP. *)
type direct_stackv4v6_config = {
  ipv4 : direct_stack_config;
  ipv6 : direct_ipv6_config;
}

(** A whole stack for both versions of IP. *)
module type STACKV4V6 =
  V1.STACKV4V6
    with type 'a io = 'a Lwt.t
     and type ('a, 'b, 'c) config = ('a, 'b, 'c) stackv4_config
     and type ipv4addr = Ipaddr.V4.t
     and type ipv6addr = Ipaddr.V6.t
     and type ipaddr = Ipaddr.t
     and type buffer = Cstruct.t

(** Addresses of hosts by name. *)
module type RESOLVER =
  V1.RESOLVER with type 'a io = 'a Lwt.t and type ipaddr = Ipaddr.t

(** A connection that carries bytes both ways. *)
module type FLOW =
  V1.FLOW with type 'a io = 'a Lwt.t and type buffer = Cstruct.t

(** Buffered reading and writing on a flow. *)
module type CHANNEL =
  V1.CHANNEL
    with type 'a io = 'a Lwt.t
     and type 'a io_stream = 'a Lwt_stream.t
     and type buffer = Cstruct.t
