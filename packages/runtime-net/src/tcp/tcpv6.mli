(* SPDX-License-Identifier: ISC *)

(** TCP over IPv6, as {!Tcpv4} otherwise: {!Tcpv4.Closed} is what a lost connection fails
    with here, too. *)

module type S = sig
  include
    V1_LWT.TCPV6
      with type ipv6input =
        src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> Cstruct.t -> unit Lwt.t

  (** As {!Tcpv4.S.set_config} and {!Tcpv4.S.connections}. *)
  val set_config : t -> Tcp_config.t -> unit

  val connections : t -> int
end

module Make
    (I : V1_LWT.IPV6)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (Random : V1.RANDOM) : S with type ipv6 = I.t
