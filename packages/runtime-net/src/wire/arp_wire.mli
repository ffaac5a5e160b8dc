(* SPDX-License-Identifier: ISC *)

(** ARP messages for IPv4 over Ethernet (RFC 826). *)

type operation = Request | Reply

type t = {
  operation : operation;
  sender_mac : Macaddr.t;
  sender_ip : Ipaddr.V4.t;
  target_mac : Macaddr.t;
  target_ip : Ipaddr.V4.t;
}

(** [parse payload] is the message in an Ethernet payload; [None] if it is cut
    short, of another kind, or if its sender has no proper address. *)
val parse : Cstruct.t -> t option

(** [frame ~dst t] is a whole Ethernet frame to [dst]. *)
val frame : dst:Macaddr.t -> t -> Cstruct.t
