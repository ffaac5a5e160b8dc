(* SPDX-License-Identifier: ISC *)

(** ICMP messages (RFC 792). *)

(** Why a datagram did not arrive. *)
type unreachable =
  | Net
  | Host
  | Protocol
  | Port
  | Fragmentation_needed of int
      (** with the next hop's MTU (RFC 1191), 0 if it does not say *)
  | Other of int  (** another code *)

type t =
  | Echo_request of { id : int; sequence : int; data : Cstruct.t }
  | Echo_reply of { id : int; sequence : int; data : Cstruct.t }
  | Unreachable of unreachable * Cstruct.t
      (** with the beginning of the datagram that caused it *)
  | Unhandled of int  (** another type *)

(** [parse message] is [None] if it is cut short or its checksum is wrong. *)
val parse : Cstruct.t -> t option

(** Octets before the data of an echo message, or the quoted datagram. *)
val header_length : int

(** [write_echo_reply buf ~id ~sequence data] fills the header in [buf] in, to be
    followed by [data]. *)
val write_echo_reply : Cstruct.t -> id:int -> sequence:int -> Cstruct.t -> unit

(** [write_unreachable buf what quoted] fills the header in, to be followed by [quoted]. *)
val write_unreachable : Cstruct.t -> [ `Port | `Protocol ] -> Cstruct.t -> unit
