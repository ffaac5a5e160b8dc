(* SPDX-License-Identifier: ISC *)

(** IPv6 addresses (RFC 4291) as a stack looks at them. *)

type t = Ipaddr.V6.t

val equal : t -> t -> bool
val hash : t -> int

(** [read buf off] are the 16 octets at [off]. *)
val read : Cstruct.t -> int -> t

val write : Cstruct.t -> int -> t -> unit

(** :: *)
val unspecified : t

val is_unspecified : t -> bool
val is_loopback : t -> bool

(** ff00::/8 *)
val is_multicast : t -> bool

(** fe80::/10 *)
val is_link_local : t -> bool

(** ::ffff:0:0/96, which is never seen on a wire (RFC 4291, section 2.5.5.2). *)
val is_mapped : t -> bool

(** Whether one host on a link can have it: not ::, the loopback, multicast or mapped. *)
val is_host : t -> bool

(** ff02::1 and ff02::2 *)
val all_nodes : t

val all_routers : t

(** Where reports of MLDv2 go, ff02::16 (RFC 3810, section 5.2.14). *)
val all_mld_routers : t

(** [solicited_node ip] is the group in which questions for [ip] are asked (RFC 4291,
    section 2.7.1). *)
val solicited_node : t -> t

(** [multicast_mac group] is where datagrams to [group] go (RFC 2464, section 7). *)
val multicast_mac : t -> Macaddr.t

(** [with_identifier prefix identifier] are the first 64 bits of [prefix] and the 8 octets
    [identifier]. *)
val with_identifier : t -> string -> t

(** fe80:: *)
val link_local_prefix : t

(** [common_bits a b] is the number of leading bits that are the same. *)
val common_bits : t -> t -> int

(** [in_network ip ~prefix ~length]: whether the first [length] bits are those of
    [prefix]. *)
val in_network : t -> prefix:t -> length:int -> bool

(** The multicast scope (RFC 4291, section 2.7), of other addresses the one that it compares
    to (RFC 6724, section 3.1): 2 is the link, 14 global. *)
val scope : t -> int
