(* SPDX-License-Identifier: ISC *)

(** What routers are told of the groups that are heard here (RFC 3810, and RFC 2710 where a
    router knows no more), without input and output. Times are in seconds. *)

type t

val create : random:(unit -> float) -> t

type action =
  | Report of Icmpv6_wire.listening * Ipaddr.V6.t list
  | Report_v1 of Ipaddr.V6.t

val join : t -> now:float -> Ipaddr.V6.t -> action list
val leave : t -> Ipaddr.V6.t -> action list

(** Whether datagrams to the group are heard; those to all nodes always are. *)
val hears : t -> Ipaddr.V6.t -> bool

(** [queried t ~now ~group ~delay ~version] is for a router's query. *)
val queried :
  t -> now:float -> group:Ipaddr.V6.t -> delay:float -> version:int -> unit

val tick : t -> now:float -> action list
val next : t -> float
