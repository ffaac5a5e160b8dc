(* SPDX-License-Identifier: ISC *)

(** What a host knows of its own addresses, of its network and its routers (RFC 4861,
    section 6.3; RFC 4862; RFC 8106), without input and output.

    An address is tentative until nobody has claimed it for a second. Addresses come from
    the configuration or are made of the prefixes that routers advertise, with the
    identifiers of RFC 7217; each interface has one of the link as well. Times are in
    seconds of a clock that only goes forward. All that routers can fill is bounded. *)

type t

(** [create ~mac ~secret ~random] has no address yet; [random ()] is between 0 and 1. *)
val create : mac:Macaddr.t -> secret:string -> random:(unit -> float) -> t

type action =
  | Solicit of Ipaddr.V6.t  (** ask whether somebody has this address *)
  | Solicit_routers
  | Join of Ipaddr.V6.t  (** this group *)
  | Leave of Ipaddr.V6.t
  | Assigned of Ipaddr.V6.t  (** the address may be used *)
  | Withdrawn of Ipaddr.V6.t  (** no longer *)
  | Duplicate of Ipaddr.V6.t  (** somebody else has it *)
  | Ask_dhcp  (** a router says that DHCPv6 knows more (RFC 4861, section 4.2) *)
  | Names of { servers : Ipaddr.V6.t list; domains : string list }

(** [start t ~now] begins with an address of the link. *)
val start : t -> now:float -> action list

(** [use_slaac t ~now]: routers are asked, and addresses are made of what they advertise.
    Without it they are not listened to. *)
val use_slaac : t -> now:float -> unit

(** [add t ~now ip ~length] is for an address of the configuration, in a network of [length]
    bits; [remove t ip] for one that is given up. *)
val add : t -> now:float -> Ipaddr.V6.t -> length:int -> action list

val remove : t -> Ipaddr.V6.t -> action list

(** Gateways of the configuration, the preferred one first. *)
val set_gateways : t -> Ipaddr.V6.t list -> unit

(** [advertised t ~now ~router a] takes in what [router] says. *)
val advertised :
  t -> now:float -> router:Ipaddr.V6.t -> Icmpv6_wire.advertisement -> action list

(** [claimed t ~now ip]: somebody else has said that [ip] is theirs, or is about to. *)
val claimed : t -> now:float -> Ipaddr.V6.t -> action list

val tick : t -> now:float -> action list

(** When the next {!tick} is due; [infinity] if none is. *)
val next : t -> float

(** {1 What holds} *)

type standing = Tentative | Preferred | Deprecated

val addresses : t -> (Ipaddr.V6.t * standing) list

(** Whether it may be used. *)
val owns : t -> Ipaddr.V6.t -> bool

val is_tentative : t -> Ipaddr.V6.t -> bool

(** Whether it is in a network of this link. *)
val is_on_link : t -> Ipaddr.V6.t -> bool

(** Configured ones first. *)
val gateways : t -> Ipaddr.V6.t list

(** [demote t router]: it does not answer, so that others are tried before it. *)
val demote : t -> Ipaddr.V6.t -> unit

(** Octets that the link takes at a time, 1280 to 1500. *)
val mtu : t -> int

val hop_limit : t -> int

(** Seconds for which a neighbour counts as reachable, if a router said so. *)
val reachable_time : t -> float option
