(* SPDX-License-Identifier: ISC *)

(** ICMPv6 (RFC 4443) with neighbour discovery (RFC 4861) and multicast listener discovery
    (RFC 2710, RFC 3810). *)

type error =
  | Unreachable of int  (** with the code of RFC 4443, section 3.1 *)
  | Too_big of int  (** the MTU of the next hop *)
  | Time_exceeded of int
  | Parameter of { code : int; pointer : int }

(** A prefix of a router advertisement (RFC 4861, section 4.6.2). Lifetimes are in seconds;
    infinite ones [infinity]. *)
type prefix = {
  prefix : Ipaddr.V6.t;
  length : int;  (** in bits *)
  on_link : bool;
  autonomous : bool;  (** addresses may be made of it *)
  valid : float;
  preferred : float;
}

type advertisement = {
  hop_limit : int;  (** 0: it does not say *)
  managed : bool;  (** DHCPv6 has addresses *)
  other : bool;  (** DHCPv6 has other information *)
  lifetime : float;  (** as a default router, in seconds; 0 if it is none *)
  reachable : int;  (** milliseconds, 0: it does not say *)
  retransmit : int;  (** likewise *)
  mac : Macaddr.t option;
  mtu : int option;
  prefixes : prefix list;
  servers : (Ipaddr.V6.t list * float) option;  (** of names, with lifetime (RFC 8106) *)
  domains : (string list * float) option;
}

type t =
  | Echo_request of { id : int; sequence : int; data : Cstruct.t }
  | Echo_reply of { id : int; sequence : int; data : Cstruct.t }
  | Error of error * Cstruct.t  (** with the beginning of the datagram that caused it *)
  | Router_solicitation of Macaddr.t option
  | Router_advertisement of advertisement
  | Neighbour_solicitation of { target : Ipaddr.V6.t; mac : Macaddr.t option }
  | Neighbour_advertisement of {
      router : bool;
      solicited : bool;
      override : bool;
      target : Ipaddr.V6.t;
      mac : Macaddr.t option;
    }
  | Redirect of { target : Ipaddr.V6.t; dst : Ipaddr.V6.t; mac : Macaddr.t option }
  | Query of { group : Ipaddr.V6.t; delay : float; version : int }
      (** who listens to [group], or to any if it is ::; answers within [delay] seconds *)
  | Unhandled of int  (** another type *)

(** [parse ~addresses message] is [None] if it is cut short, its checksum is wrong or an
    option has no length. [addresses] is as for {!Inet_checksum.pseudo_header}. *)
val parse : addresses:int -> Cstruct.t -> t option

(** Whether a type is that of an error message, which is never answered by one. *)
val is_error_type : int -> bool

(** Whether messages of the type come from this link alone, and so with a hop limit of 255
    (RFC 4861, section 6.1). *)
val is_discovery_type : int -> bool

(** Octets before the data of an echo message or a quoted datagram. *)
val header_length : int

(** The following fill the beginning of [buf] in, with the checksum, and give the number of
    octets. [data] follows them. *)

val write_echo_reply :
  Cstruct.t -> addresses:int -> id:int -> sequence:int -> Cstruct.t -> int

val write_error : Cstruct.t -> addresses:int -> error -> Cstruct.t -> int
val write_router_solicitation : mac:Macaddr.t option -> Cstruct.t -> addresses:int -> int

val write_neighbour_solicitation :
  target:Ipaddr.V6.t -> mac:Macaddr.t option -> Cstruct.t -> addresses:int -> int

val write_neighbour_advertisement :
  solicited:bool ->
  override:bool ->
  target:Ipaddr.V6.t ->
  mac:Macaddr.t ->
  Cstruct.t ->
  addresses:int ->
  int

(** Whether a listener begins or goes on to hear a group, or leaves it. *)
type listening = Begins | Listens | Leaves

(** [write_report buf ~addresses listening groups] is a report of MLDv2; there is room for
    20 octets a group and 8. *)
val write_report : Cstruct.t -> addresses:int -> listening -> Ipaddr.V6.t list -> int

(** [write_report_v1 buf ~addresses group] is a report of MLDv1. *)
val write_report_v1 : Cstruct.t -> addresses:int -> Ipaddr.V6.t -> int
