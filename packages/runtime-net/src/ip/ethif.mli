(* SPDX-License-Identifier: ISC *)

(** Ethernet and ARP over a network interface. Frames to other stations and
    malformed frames are dropped silently. [add_ipv4 t Ipaddr.V4.any] withdraws
    all own addresses, which V1 has no function for. *)
module Make (N : V1_LWT.NETWORK) : V1_LWT.ETHIF with type netif = N.t
