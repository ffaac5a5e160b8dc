(* SPDX-License-Identifier: ISC *)

(** The neighbour cache of RFC 4861, sections 7.2 and 7.3, without input and output.

    Like the cache of ARP it is bounded, and learns a new neighbour only if that one has
    something to say to us. Times are in seconds of a clock that only goes forward. *)

(** ['w] is whatever waits for an answer. *)
type 'w t

val create : unit -> 'w t

type answer =
  | Known of Macaddr.t
  | Doubtful of Macaddr.t  (** may be used; {!next} is sooner from now on *)
  | Unknown  (** {!wait} for it *)

(** [find t ~now ip] is for a datagram to [ip]. A neighbour that has not been heard of for
    long is probed soon after. *)
val find : 'w t -> now:float -> Ipaddr.V6.t -> answer

(** [wait t ~now ip w] keeps [w] until [ip] answers. [`Ask]: a question is to be sent;
    [`Full]: too many wait, and [w] is not kept. *)
val wait : 'w t -> now:float -> Ipaddr.V6.t -> 'w -> [ `Ask | `Asked | `Full ]

(** [speaks t ~now ip mac] is for a question or an announcement of [ip] itself, with its
    [mac]. The result is what waited for it. *)
val speaks : 'w t -> now:float -> Ipaddr.V6.t -> Macaddr.t -> 'w list

(** [advertises t ~now ip ~solicited ~override mac] is for an advertisement (section
    7.2.5). *)
val advertises :
  'w t ->
  now:float ->
  Ipaddr.V6.t ->
  solicited:bool ->
  override:bool ->
  Macaddr.t option ->
  ('w list * Macaddr.t) option

(** [set_reachable_time t seconds], as a router says. *)
val set_reachable_time : 'w t -> float -> unit

type 'w action =
  | Ask of Ipaddr.V6.t  (** again, in the group of its neighbours *)
  | Probe of Ipaddr.V6.t * Macaddr.t  (** whether it is still there *)
  | Lost of Ipaddr.V6.t * 'w list  (** no answer: these wait in vain *)

(** [tick t ~now] is what is due. *)
val tick : 'w t -> now:float -> 'w action list

(** When the next {!tick} is due; [infinity] if none is. *)
val next : 'w t -> float

(** The number of neighbours in it. *)
val size : 'w t -> int
