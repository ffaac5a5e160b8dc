(* SPDX-License-Identifier: ISC *)

(* What UDP and TCP need of IP. Addresses are a parameter: those of version 4, of
   version 6, or of both, and the code above is the same. *)

module type S = sig
  type t
  type addr

  val equal : addr -> addr -> bool

  (** 4 octets or 16. *)
  val octets : addr -> string

  (** [fold mix h addr] mixes the words of [addr], of 32 bits at the most, into [h]. *)
  val fold : (int -> int -> int) -> int -> addr -> int

  (** A number for whoever has this address, or all those of its network, if one customer
      has these (a /64 of IPv6). *)
  val owner : addr -> int

  val to_ip : addr -> Ipaddr.t

  (** [None] for an address of the other version. *)
  val of_ip : Ipaddr.t -> addr option

  (** Octets of a header of IP without options, towards that address. *)
  val header_length : addr -> int

  (** See {!Inet_checksum.pseudo_header}. *)
  val addresses : src:addr -> dst:addr -> int

  (** Without a checksum, a datagram of UDP is as good as any (RFC 768), or none at all
      (RFC 8200, section 8.1). *)
  val needs_checksum : addr -> bool

  (** Octets that the interface takes at a time, header of IP included, towards that
      address. *)
  val mtu : t -> addr -> int

  val owns : t -> addr -> bool

  (** [source t dst] is the own address to speak to [dst] from. *)
  val source : t -> addr -> addr option

  val allocate_frame :
    t -> proto:[ `UDP | `TCP ] -> src:addr -> dst:addr -> (Cstruct.t * int) Lwt.t

  val writev : t -> dst:addr -> Cstruct.t -> Cstruct.t list -> unit Lwt.t

  (** [port_unreachable t ~src ~dst datagram] tells [src] that nobody listens where its
      UDP [datagram] (header included) to [dst] went. *)
  val port_unreachable : t -> src:addr -> dst:addr -> Cstruct.t -> unit Lwt.t

  (** Whether an exception says that nobody answers at an address, or no gateway leads
      there. *)
  val is_unreachable : exn -> bool
end
