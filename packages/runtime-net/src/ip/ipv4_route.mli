(* SPDX-License-Identifier: ISC *)

(** Where a datagram goes next (RFC 1122, section 3.3.1). *)

type next_hop =
  | Own  (** the sender itself *)
  | Link of Macaddr.t  (** a group address, no resolution needed *)
  | Neighbour of Ipaddr.V4.t  (** to be resolved by ARP *)
  | Gateways of Ipaddr.V4.t list  (** any of these, the preferred one first *)

val next_hop :
  own:Ipaddr.V4.t ->
  netmask:Ipaddr.V4.t ->
  gateways:Ipaddr.V4.t list ->
  Ipaddr.V4.t ->
  next_hop

(** [accepts ~own ~netmask dst]: whether a datagram to [dst] is for the host:
    its address or a broadcast address. *)
val accepts : own:Ipaddr.V4.t -> netmask:Ipaddr.V4.t -> Ipaddr.V4.t -> bool

(** [is_sender ~own ~netmask ip]: whether [ip] is the address of one host, as the
    source of a datagram must be. *)
val is_sender : own:Ipaddr.V4.t -> netmask:Ipaddr.V4.t -> Ipaddr.V4.t -> bool
