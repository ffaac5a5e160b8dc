(* SPDX-License-Identifier: ISC *)

(** TCP segments and their encoding (RFC 9293, section 3.1). *)

(** Control bits. *)
type flags = private int

val flags : ?syn:bool -> ?ack:bool -> ?psh:bool -> ?fin:bool -> ?rst:bool -> unit -> flags

val has_fin : flags -> bool
val has_syn : flags -> bool
val has_rst : flags -> bool
val has_psh : flags -> bool
val has_ack : flags -> bool

(** [clear_last flags] is without FIN and PSH, as for all but the last part of a
    segment that is split. *)
val clear_last : flags -> flags

(** [clear_syn flags] is without SYN. *)
val clear_syn : flags -> flags

type t = {
  src_port : int;
  dst_port : int;
  seq : int;
  ack : int;  (** meaningful if {!has_ack} *)
  flags : flags;
  window : int;  (** as transmitted, not scaled *)
  options : Tcp_options.t;
  payload : Cstruct.t list;
  length : int;  (** of the payload *)
}

(** Octets of a header without options. *)
val header_length : int

(** Sequence numbers that a segment takes: its payload, SYN and FIN. *)
val sequence_length : t -> int

(** [parse ~addresses buf] is [None] if the segment is cut short, its header is
    wrong or its checksum is, unless the interface vouches for that. The payload is a
    part of [buf]; [addresses] is as for {!Inet_checksum.pseudo_header}. *)
val parse : addresses:int -> Cstruct.t -> t option

(** [written_length t] is the length of the header with its options. *)
val written_length : t -> int

(** [write buf ~addresses t] fills in [written_length t] octets, with the checksum
    over these and the payload. Without [whole_checksum] it has the pseudo header's
    sum in its place, for an interface that does the rest. *)
val write :
  ?whole_checksum:bool ->
  Cstruct.t ->
  addresses:int ->
  t ->
  unit

(** [reset_for t] is the answer to a segment that belongs to no connection, or
    acknowledges what was never sent (RFC 9293, section 3.10.7.1); [None] for a
    reset. *)
val reset_for : t -> t option

(** [split t ~size] are segments of at most [size] octets of payload that carry
    the same as [t]. *)
val split : t -> size:int -> t list
