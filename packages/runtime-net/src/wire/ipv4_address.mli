(* SPDX-License-Identifier: ISC *)

(** IPv4 addresses as what is compared for every packet: {!Ipaddr.V4.compare}
    costs a call. *)

type t = Ipaddr.V4.t

val equal : t -> t -> bool
val hash : t -> int

(** 0.0.0.0, which a host without an address has. *)
val is_any : t -> bool

(** [to_int ip] is the address as a number of 32 bits, [10.0.0.1] being
    [0x0a000001]. *)
val to_int : t -> int
