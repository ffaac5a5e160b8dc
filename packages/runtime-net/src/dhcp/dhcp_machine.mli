(* SPDX-License-Identifier: ISC *)

(** The states of a DHCP client (RFC 2131, section 4.4), without input and
    output. *)

(** A configuration, and how long it holds, in seconds from now on. *)
type lease = {
  address : Ipaddr.V4.t;
  netmask : Ipaddr.V4.t;
  gateways : Ipaddr.V4.t list;
  server : Ipaddr.V4.t;
  renewal : float;  (** T1 *)
  rebinding : float;  (** T2 *)
  expiry : float;  (** infinite for a permanent lease *)
  name_servers : Ipaddr.V4.t list;
  domains : string list;  (** to search names in *)
  host_name : string option;
  mtu : int option;
}

type t

type action =
  | Send of { dst : Ipaddr.V4.t; request : Dhcp_wire.request }
  | Probe of Ipaddr.V4.t  (** ask by ARP who has it (RFC 5227, section 2.1) *)
  | Configure of lease  (** take this address *)
  | Deconfigure  (** the address may no longer be used *)

(** [create ~mac ~random] has nothing yet; [random n] is a number from 0 up to
    [n] - 1. *)
val create : mac:Macaddr.t -> random:(int -> int) -> t

(** Each of the following is the new state and what to do, or [None] if nothing
    changes. After a change {!timeout} is to be called {!wait} seconds later,
    unless something else changes before. *)

(** [start t] asks for an address. *)
val start : t -> t * action list

(** [receive t reply] takes in what a server says. *)
val receive : t -> Dhcp_wire.reply -> (t * action list) option

(** [conflict t ip]: somebody else has said that [ip] is theirs, or asks for it while we do.
    The server is told that it gave away what it does not have. *)
val conflict : t -> Ipaddr.V4.t -> (t * action list) option

(** [timeout t] when {!wait} is over. *)
val timeout : t -> t * action list

val wait : t -> float
