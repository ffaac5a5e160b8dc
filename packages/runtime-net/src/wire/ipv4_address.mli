(* SPDX-License-Identifier: ISC *)

(** IPv4 addresses as what is compared for every packet: {!Ipaddr.V4.compare}
    costs a call. *)

type t = Ipaddr.V4.t

val equal : t -> t -> bool

(** The address as a number, as far as an int holds it. *)
val hash : t -> int

(** 0.0.0.0, which a host without an address has. *)
val is_any : t -> bool
