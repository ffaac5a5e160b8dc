(* SPDX-License-Identifier: ISC *)

(** The IPv4 header (RFC 791, section 3.1). *)

(** Octets of a header without options. *)
val length : int

val proto_icmp : int
val proto_tcp : int
val proto_udp : int

type t = {
  src : Ipaddr.V4.t;
  dst : Ipaddr.V4.t;
  proto : int;
  id : int;
  more_fragments : bool;
  fragment_offset : int;  (** of the payload, in octets *)
  payload : Cstruct.t;
}

(** [parse datagram] is the datagram without options and padding; [None] if it
    is cut short, its header is wrong in any way, or has a source route. *)
val parse : Cstruct.t -> t option

(** [parse_quoted datagram] is {!parse} for the beginning of a datagram that an
    ICMP error message quotes: the payload may be cut, and the checksum is not
    looked at. *)
val parse_quoted : Cstruct.t -> t option

(** [write buf ~src ~dst ~proto ~dont_fragment] fills in what is known before
    the payload is. *)
val write :
  Cstruct.t ->
  src:Ipaddr.V4.t ->
  dst:Ipaddr.V4.t ->
  proto:int ->
  dont_fragment:bool ->
  unit

(** [complete buf ~id ~total_length] fills in the rest, and the checksum. *)
val complete : Cstruct.t -> id:int -> total_length:int -> unit

(** [set_fragment buf ~offset ~more] marks a fragment at [offset] octets of the
    payload; call {!complete} after it. *)
val set_fragment : Cstruct.t -> offset:int -> more:bool -> unit

val get_dst : Cstruct.t -> Ipaddr.V4.t
val get_dont_fragment : Cstruct.t -> bool
