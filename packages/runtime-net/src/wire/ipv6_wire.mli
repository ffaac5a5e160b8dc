(* SPDX-License-Identifier: ISC *)

(** The IPv6 header and its extensions (RFC 8200).

    A datagram may have up to 8 extension headers of 2048 octets in all, with 32 options:
    more have never been useful to anybody but those who look for holes (RFC 8504, section
    5.3). *)

(** Octets of the fixed header. *)
val length : int

(** Octets of a fragment header. *)
val fragment_length : int

val proto_icmp : int

(** A fragment follows (RFC 8200, section 4.5). *)
val proto_fragment : int

(** No next header (RFC 8200, section 4.7). *)
val proto_none : int

(** The least that each link takes at a time (RFC 8200, section 5). *)
val min_mtu : int

type content =
  | Whole of { proto : int; pointer : int; payload : Cstruct.t }
      (** [pointer] is where in the datagram [proto] stands *)
  | Fragment of {
      proto : int;  (** what the fragmentable part begins with *)
      id : int32;
      offset : int;  (** in octets *)
      more : bool;
      payload : Cstruct.t;
    }

type t = { src : Ipaddr.V6.t; dst : Ipaddr.V6.t; hop_limit : int; content : content }

(** What is wrong with a datagram that is dropped. *)
type fault =
  | Silent  (** nobody is told *)
  | Problem of { code : int; pointer : int; of_group : bool }
      (** The source is told where (RFC 4443, section 3.4), and if [of_group], even of a
          datagram to a group. *)

(** [parse datagram] looks through the headers up to the payload or to the fragment header.
    A datagram in one fragment is whole (RFC 6946). *)
val parse : Cstruct.t -> (t, fault) result

(** [parse_part ~proto part] looks through the rest of the headers in what was put together
    of fragments, which begins with [proto]. *)
val parse_part : proto:int -> Cstruct.t -> (content, fault) result

(** [parse_quoted datagram] is source, destination, protocol and payload of the beginning of
    a datagram that an ICMP message quotes. *)
val parse_quoted :
  Cstruct.t -> (Ipaddr.V6.t * Ipaddr.V6.t * int * Cstruct.t) option

(** [write buf ~src ~dst ~proto ~hop_limit] fills in all but the length. *)
val write :
  Cstruct.t -> src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> proto:int -> hop_limit:int -> unit

(** [complete buf ~payload_length] fills in the rest. *)
val complete : Cstruct.t -> payload_length:int -> unit

(** [write_fragment buf ~proto ~id ~offset ~more] fills in a fragment header. *)
val write_fragment :
  Cstruct.t -> proto:int -> id:int32 -> offset:int -> more:bool -> unit

(** The following are of a header that was written. *)

val get_src : Cstruct.t -> Ipaddr.V6.t
val get_dst : Cstruct.t -> Ipaddr.V6.t
val get_proto : Cstruct.t -> int
val set_proto : Cstruct.t -> int -> unit
