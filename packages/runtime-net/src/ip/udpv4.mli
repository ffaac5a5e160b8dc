(* SPDX-License-Identifier: ISC *)

(** UDP over IPv4 (RFC 768, RFC 1122 section 4.1).

    A datagram to a port without a listener is answered by an ICMP message, up to
    100 in a second. [write] drops what cannot be delivered because nobody
    answers at the destination or no gateway leads there, as UDP may; a payload
    over 65507 octets fails with [Invalid_argument]. Without [?source_port] each
    datagram goes from a random port of 49152-65535. *)

module Make (I : V1_LWT.IPV4) :
  V1_LWT.UDPV4
    with type ipv4 = I.t
     and type ipv4input =
      src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t
