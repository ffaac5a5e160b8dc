(* SPDX-License-Identifier: ISC *)

module type S = sig
  include
    V1_LWT.TCPV6
      with type ipv6input =
        src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> Cstruct.t -> unit Lwt.t

  val set_config : t -> Tcp_parameters.t -> unit
  val connections : t -> int
end

module Make
    (I : V1_LWT.IPV6)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (Random : V1.RANDOM) =
struct
  include Tcp_layer.Make (Ipv6_layer.Make (I)) (Time) (Clock) (Random)

  type ipv6 = I.t
  type ipv6addr = Ipaddr.V6.t

  type ipv6input =
    src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> Cstruct.t -> unit Lwt.t
end
