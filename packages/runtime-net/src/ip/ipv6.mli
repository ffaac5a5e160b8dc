(* SPDX-License-Identifier: ISC *)

(** IPv6 for a host on one Ethernet interface (RFC 8200, RFC 8504).

    Echo requests are answered here, neighbours found (RFC 4861), addresses made and tried
    (RFC 4862, RFC 7217), groups told to routers (RFC 3810), and datagrams longer than the
    path takes are sent in fragments (RFC 8201). What is sent to an own address comes back
    without touching the network. Redirects are not followed.

    A frame from [allocate_frame] has room for 1460 octets, and is sent once. *)

(** No gateway leads to this address, or there is no address to speak to it from. *)
exception No_route of Ipaddr.V6.t

(** Nobody answers for this address, or too many questions are open. *)
exception No_answer of Ipaddr.V6.t

module type S = sig
  include V1_LWT.IPV6

  (** [on_address t f] has [f] called with each address that may be used from now on. *)
  val on_address : t -> (Ipaddr.V6.t -> unit) -> unit

  (** [on_other_information t f] has [f] called once, when a router says that DHCPv6 has
      information that it has not. *)
  val on_other_information : t -> (unit -> unit) -> unit
end

module Make
    (E : V1_LWT.ETHIF)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK) : S with type ethif = E.t
