(* SPDX-License-Identifier: ISC *)

(** The UDP header (RFC 768). *)

(** Its length in octets. *)
val length : int

type t = { src_port : int; dst_port : int; payload : Cstruct.t }

(** [parse ~addresses datagram] is [None] if the length does not fit or the checksum is
    wrong, or missing although [needs_checksum]; [addresses] is as for
    {!Inet_checksum.pseudo_header}. *)
val parse : ?needs_checksum:bool -> addresses:int -> Cstruct.t -> t option

(** [write buf ~addresses ~src_port ~dst_port payload] fills in the header in
    [buf], to be followed by [payload]. *)
val write :
  Cstruct.t ->
  addresses:int ->
  src_port:int ->
  dst_port:int ->
  Cstruct.t ->
  unit
