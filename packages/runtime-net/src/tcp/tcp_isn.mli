(* SPDX-License-Identifier: ISC *)

(** Initial sequence numbers that cannot be guessed (RFC 6528): a clock plus a
    keyed hash of the addresses. *)

type t

(** [create random32] has a new key; [random32 ()] is 32 random bits. *)
val create : (unit -> int32) -> t

(** [initial t ~now ~local ~remote] is the initial sequence number for the
    connection between these addresses and ports at [now] (microseconds), and the
    offset of its timestamps (RFC 7323, section 7.1). *)
val initial :
  t -> now:float -> local:Ipaddr.V4.t * int -> remote:Ipaddr.V4.t * int -> int * int
