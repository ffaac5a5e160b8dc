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

(** [unreachable send what ~proto ~src ~dst payload] tells [src] that nobody listens at the
    port, or knows the protocol, that its datagram to [dst] with [payload] went to. *)
val unreachable :
  send ->
  [ `Port | `Protocol ] ->
  proto:int ->
  src:Ipaddr.V4.t ->
  dst:Ipaddr.V4.t ->
  Cstruct.t ->
  unit Lwt.t
