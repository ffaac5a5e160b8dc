(* SPDX-License-Identifier: ISC *)

(** Answers to questions, for as long as they hold. *)

type t

type answer =
  | Addresses of Ipaddr.t list
  | Nothing  (** there are none (RFC 2308) *)

(** [create ~capacity] has room for so many answers; the one that expires first makes room
    for another. *)
val create : capacity:int -> t

(** [add t ~now ~ttl question answer] keeps [answer] for [ttl] seconds from [now], unless
    that is 0. *)
val add : t -> now:float -> ttl:int -> Dns_message.question -> answer -> unit

(** [find t ~now question]. A clock that was set back makes answers expire, too. *)
val find : t -> now:float -> Dns_message.question -> answer option

val length : t -> int
