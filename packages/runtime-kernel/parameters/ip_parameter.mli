(* SPDX-License-Identifier: ISC *)

(** Linux's kernel parameter [ip=] (Documentation/admin-guide/nfs/nfsroot.rst): what tools
    that start kernels tell of the network. *)

type t = {
  interface : int;  (** N if the device is called [ethN], else the first: 0 *)
  addressing : Net_parameters.addressing;
}

(** [of_settings words] are those of the words that are
    [ip=CLIENT:SERVER:GATEWAY:NETMASK:HOST:DEVICE:AUTOCONF…], of which each part may be
    missing, and [ip=AUTOCONF]; [AUTOCONF] is [dhcp], [on], [any], [both], [off] or [none].
    Without a netmask, that of the address's class is taken, as Linux does. Those that leave
    it all to others ([off], without an address) say nothing. The second list has the words
    that are wrong, or ask for what a program without IPv6, BOOTP and RARP cannot do. *)
val of_settings : string list -> t list * string list
