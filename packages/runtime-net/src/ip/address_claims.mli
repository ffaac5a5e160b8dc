(* SPDX-License-Identifier: ISC *)

(** Who says by ARP that an address is theirs (RFC 5227). The signatures of V1 have no way
    for the layer of Ethernet to tell those above, so they subscribe here. *)

type claim = {
  seen_by : Macaddr.t;  (** the interface that heard it *)
  by : Macaddr.t;  (** never that interface itself *)
  address : Ipaddr.V4.t;
  tentative : bool;  (** it only asks whether somebody has it *)
}

type subscription

val subscribe : (claim -> unit) -> subscription
val cancel : subscription -> unit

(** [report claim] tells all subscribers. *)
val report : claim -> unit
