(* SPDX-License-Identifier: ISC *)

(** The Ethernet header (RFC 894): destination, source, EtherType. *)

(** Its length in octets. *)
val length : int

val ethertype_ipv4 : int
val ethertype_arp : int
val ethertype_ipv6 : int

(** [write frame ~dst ~src ethertype] fills the header in.
    @raise Invalid_argument if [frame] is shorter than {!length}. *)
val write : Cstruct.t -> dst:Macaddr.t -> src:Macaddr.t -> int -> unit

(** The following read a frame of at least {!length} octets. *)
val get_ethertype : Cstruct.t -> int

(** [is_for mac frame]: whether its destination is [mac] or a group address
    (broadcast, multicast). *)
val is_for : Macaddr.t -> Cstruct.t -> bool

(** The source is the address of one station: no group, nor all zeros. *)
val is_from_one : Cstruct.t -> bool

(** The destination is a broadcast or multicast address. *)
val is_to_many : Cstruct.t -> bool
