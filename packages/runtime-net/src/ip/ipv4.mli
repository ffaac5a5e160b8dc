(* SPDX-License-Identifier: ISC *)

(** IPv4 for a host on one Ethernet interface (RFC 791, RFC 1122).

    Echo requests are answered here; [input] gives all other protocols to its
    arguments, and ICMP messages to [default ~proto:1] as well. Datagrams longer
    than the interface's 1500 octets are sent in fragments, but TCP's never are
    (RFC 1191). What is sent to the own address comes back without touching the
    network.

    A frame from [allocate_frame] has room for 1480 octets, and is sent once. *)

(** No gateway leads to this address. *)
exception No_route of Ipaddr.V4.t

(** Without an address yet ([Ipaddr.V4.any]), UDP datagrams to whatever address
    are taken in, as DHCP needs it (RFC 2131, section 4.1). *)
module Make (E : V1_LWT.ETHIF) : V1_LWT.IPV4 with type ethif = E.t
