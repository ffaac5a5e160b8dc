(* SPDX-License-Identifier: ISC *)

(** The Internet Control Message Protocol (RFC 792, RFC 1122 section 3.2.2): what
    IPv4 does with it by itself, and how the layers above take part. *)

(** A way to send an ICMP message: [send ~dst write payload] lets [write] fill
    in the {!Icmpv4_wire.header_length} octets before [payload]. *)
type send =
  dst:Ipaddr.V4.t -> (Cstruct.t -> unit) -> Cstruct.t -> unit Lwt.t

(** [input send ~own ~src ~dst message] answers echo requests to the address
    [own], and reports errors to those who asked for it by {!on_error}. *)
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

(** {1 Errors}

    The signatures of V1 have no way for IPv4 to tell TCP of an error, so TCP
    subscribes here. Subscribers see the errors of all interfaces and recognise
    theirs by the addresses. *)

(** A datagram of ours that did not arrive. Whether it was really sent is for
    the subscriber to check: anybody can forge an ICMP message. *)
type error = {
  reason : Icmpv4_wire.unreachable;
  src : Ipaddr.V4.t;  (** of the datagram that did not arrive *)
  dst : Ipaddr.V4.t;
  proto : int;
  transport : Cstruct.t;  (** its payload's beginning, 8 octets or more *)
}

type subscription

val on_error : (error -> unit) -> subscription
val cancel : subscription -> unit
