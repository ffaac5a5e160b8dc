(* SPDX-License-Identifier: ISC *)

(** UDP over IPv6, as {!Udpv4} otherwise. A datagram without a checksum is dropped (RFC 8200,
    section 8.1). *)

module Make (I : V1_LWT.IPV6) :
  V1_LWT.UDPV6
    with type ipv6 = I.t
     and type ipv6input =
      src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> Cstruct.t -> unit Lwt.t
