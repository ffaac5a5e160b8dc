(* SPDX-License-Identifier: ISC *)

(** What a socket stack knows of IPv4: the address it was connected with, 0.0.0.0
    if that is all of the host's. Routing is the kernel's, so netmask and
    gateways are unknown (0.0.0.0 and none), and everything else fails with
    [Failure]. *)

include
  V1_LWT.IPV4
    with type ethif = Ipaddr.V4.t option
     and type error = [ `Unknown of string | `Unimplemented ]
