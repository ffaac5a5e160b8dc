(* SPDX-License-Identifier: ISC *)

(** When a host asks for other information than addresses, and how often (RFC 8415, sections
    15, 18.2.6 and 7.6), without input and output. *)

type t

(** [create ~mac ~random]; [random n] is a number from 0 up to [n] - 1. It asks after the
    first {!wait}. *)
val create : mac:Macaddr.t -> random:(int -> int) -> t

(** Seconds until {!timeout} is to be called; [infinity] if never. *)
val wait : t -> float

(** [timeout t] is the new state, and the message to send. *)
val timeout : t -> t * Cstruct.t

(** [receive t payload] is the new state and what a server said; [None] if it is no answer. *)
val receive : t -> Cstruct.t -> (t * Dhcpv6_wire.information) option
