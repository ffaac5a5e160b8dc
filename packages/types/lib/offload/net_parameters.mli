(* SPDX-License-Identifier: ISC *)

(** Addresses chosen when the machine is started, as by [ip=] on a kernel's command line. They
    override those that the program was built with. *)

type addressing = [ `DHCP | `IPv4 of Ipaddr.V4.t * Ipaddr.V4.t * Ipaddr.V4.t list ]

(** [choose mac addressing] is called by what reads that command line: address, netmask and gateways of
    the interface with that address, or DHCP. *)
val choose : Macaddr.t -> addressing -> unit

(** [addressing mac ~default] is what to configure that interface with. *)
val addressing : Macaddr.t -> default:addressing -> addressing
