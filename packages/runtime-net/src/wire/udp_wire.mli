(* SPDX-License-Identifier: ISC *)

(** The UDP header (RFC 768). *)

(** Its length in octets. *)
val length : int

type t = { src_port : int; dst_port : int; payload : Cstruct.t }

(** [parse ~src ~dst datagram] is [None] if the length does not fit or the
    checksum, where there is one, is wrong. *)
val parse : src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> t option

(** [write buf ~src ~dst ~src_port ~dst_port payload] fills in the header in
    [buf], to be followed by [payload]. *)
val write :
  Cstruct.t ->
  src:Ipaddr.V4.t ->
  dst:Ipaddr.V4.t ->
  src_port:int ->
  dst_port:int ->
  Cstruct.t ->
  unit
