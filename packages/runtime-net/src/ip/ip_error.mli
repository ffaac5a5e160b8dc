(* SPDX-License-Identifier: ISC *)

(** Errors that the network reports about datagrams, in the same words for both versions
    of IP.

    The signatures of V1 have no way for the layer of IP to tell those above of an error,
    so they subscribe here. Subscribers see the errors of all interfaces and recognise
    theirs by the addresses. *)

type reason =
  | Refused  (** nobody listens at that port, or knows the protocol *)
  | No_way  (** to that network or host, or not for us *)
  | Too_big of int
      (** what the path takes at a time behind the header of IP, in octets; 0 if it does
          not say *)

(** A datagram of ours that did not arrive. Whether it was really sent is for the
    subscriber to check: anybody can forge an ICMP message. *)
type t = {
  reason : reason;
  src : Ipaddr.t;  (** of the datagram that did not arrive *)
  dst : Ipaddr.t;
  proto : int;
  transport : Cstruct.t;  (** its payload's beginning, 8 octets or more *)
}

type subscription

val subscribe : (t -> unit) -> subscription
val cancel : subscription -> unit

(** [report t] tells all subscribers, unless too little of the datagram is left. *)
val report : t -> unit
