(* SPDX-License-Identifier: ISC *)

(** Ethernet over a device of IP packets, for a stack that speaks Ethernet: utun of macOS,
    TUN of Linux. There is one other host on such a link, and it has no link address, so it
    is given one here; questions for it are answered here (ARP, RFC 826; Neighbor Discovery,
    RFC 4861), and never reach the device. *)

type t

(** [create kind mac] is for a device of that kind, which must be of packets, and a stack
    whose link address is [mac], six octets. *)
val create : Tap.kind -> string -> t

(** The octets to leave free before what is read from the device. *)
val lead : t -> int

(** [frame t octets] makes an Ethernet frame of [lead t] octets and what was read behind them,
    in place; [None] if that is no IP packet. *)
val frame : t -> Cstruct.t -> Cstruct.t option

type sent =
  | Packet of Cstruct.t list  (** to be written to the device *)
  | Answer of Cstruct.t  (** a frame that the stack gets back *)
  | Nothing  (** not for the other host *)

(** [send t frame] is what becomes of a frame, given in parts, that the stack sends. The
    first part of a [Packet] is valid until the next call. *)
val send : t -> Cstruct.t list -> sent
