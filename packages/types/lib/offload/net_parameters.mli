(* SPDX-License-Identifier: ISC *)

(** Addresses that whoever starts the machine has chosen for it, as by [ip=] on a kernel's
    command line. They count more than those that the program was built with. *)

type addressing = [ `DHCP | `IPv4 of Ipaddr.V4.t * Ipaddr.V4.t * Ipaddr.V4.t list ]

(** [choose mac addressing] is for whoever has been told: address, netmask and gateways of
    the interface with that address, or DHCP. *)
val choose : Macaddr.t -> addressing -> unit

(** [addressing mac ~default] is what to configure that interface with. *)
val addressing : Macaddr.t -> default:addressing -> addressing
