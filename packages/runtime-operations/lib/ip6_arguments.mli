(* SPDX-License-Identifier: ISC *)

(** The arguments [--ip6-address], [--ip6-gateway] and [--ip6-use-slaac] of a program whose
    stack has IPv6. [--ip6-address] is an address with its network, [2001:db8::2/64]. *)

(** Addresses with the bits of their networks' prefixes, gateways, and whether addresses and
    gateways are taken from routers. *)
type addressing = (Ipaddr.V6.t * int) list * Ipaddr.V6.t list * bool

(** [addressing built_in] is what the arguments say, and [built_in] for what they leave out.
    With a new address, built-in gateways count only if they lie in its network or are
    addresses of the link. Ends the program, with exit code 2, if the gateway of the
    arguments is neither. *)
val addressing : addressing -> addressing

(** {2 For tests} *)

(** The same as a function of the three arguments, with a reason if they contradict. *)
val combine :
  (Ipaddr.V6.t * int) option ->
  Ipaddr.V6.t option ->
  bool option ->
  addressing ->
  (addressing, string) result
