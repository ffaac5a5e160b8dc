(* SPDX-License-Identifier: ISC *)

(** Initial sequence numbers that cannot be guessed (RFC 6528): a clock plus a
    keyed hash of the addresses. *)

type t

(** [create key] has the key [key], of 16 octets. *)
val create : string -> t

(** [initial t ~now endpoints] is the initial sequence number for the connection between
    these addresses and ports, in whatever form, at [now] (microseconds), and the offset
    of its timestamps (RFC 7323, section 7.1). *)
val initial : t -> now:float -> string -> int * int
