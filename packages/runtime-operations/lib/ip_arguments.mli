(* SPDX-License-Identifier: ISC *)

(** The arguments [--ip-address], [--ip-netmask] and [--ip-gateway] of a program that has an
    address of its own. [--ip-address] is an address, one with its network ([10.0.0.5/24]),
    or [dhcp]. *)

type addressing = [ `DHCP | `IPv4 of Ipaddr.V4.t * Ipaddr.V4.t * Ipaddr.V4.t list ]

(** [addressing built_in] is what the arguments say, and [built_in], which is address,
    netmask and gateways, for what they leave out. With a new address, the built-in gateway
    counts only if it lies in its network. Ends the program, with exit code 2, if they
    contradict each other. *)
val addressing : addressing -> addressing

(** {2 For tests} *)

type way = Dhcp | Static of Ipaddr.V4.t * Ipaddr.V4.t option

(** The same as a function of the three arguments, with a reason if they contradict. *)
val combine :
  way option ->
  Ipaddr.V4.t option ->
  Ipaddr.V4.t option ->
  addressing ->
  (addressing, string) result
