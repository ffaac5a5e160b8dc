(* SPDX-License-Identifier: ISC *)

(** The Internet Control Message Protocol (RFC 792, RFC 1122 section 3.2.2): what
    IPv4 does with it by itself, and how the layers above take part. *)

(** A way to send an ICMP message: [send ~dst write payload] lets [write] fill
    in the {!Icmpv4_wire.header_length} octets before [payload]. *)
type send =
  dst:Ipaddr.V4.t -> (Cstruct.t -> unit) -> Cstruct.t -> unit Lwt.t

(** [input send ~own ~src ~dst message] answers echo requests to the address
    [own], and reports errors to {!Ip_error}. *)
val input :
  send ->
  own:Ipaddr.V4.t ->
  src:Ipaddr.V4.t ->
  dst:Ipaddr.V4.t ->
  Cstruct.t ->
  unit Lwt.t

(** [port_unreachable send ~src ~dst datagram] tells [src] that nobody listens
    where its UDP [datagram] (header included) to [dst] went. *)
val port_unreachable :
  send -> src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t
