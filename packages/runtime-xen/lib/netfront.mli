(* SPDX-License-Identifier: ISC *)

(** The front end of a [vif], a network interface that another domain, usually dom0,
    provides (xen/io/netif.h). It brings itself into {!Net_device.all}. *)
