(* SPDX-License-Identifier: ISC *)

(** What an IPv4 interface takes at a time, known by its address: the signatures of V1 have
    no word for it. *)

(** 1500 octets, of Ethernet (RFC 894). *)
val default : int

(** [set own octets] is for the interface with the address [own]. Less than 68 is taken as
    68 (RFC 791), more than {!default} as that. *)
val set : Ipaddr.V4.t -> int -> unit

(** [get own] is {!default} unless it was set. *)
val get : Ipaddr.V4.t -> int
