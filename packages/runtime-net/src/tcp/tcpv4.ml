(* SPDX-License-Identifier: ISC *)

exception Closed = Tcp_layer.Closed

module type S = sig
  include
    V1_LWT.TCPV4
      with type ipv4input =
        src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

  val set_config : t -> Tcp_parameters.t -> unit
  val connections : t -> int
end

module Make
    (I : V1_LWT.IPV4)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (Random : V1.RANDOM) =
struct
  include Tcp_layer.Make (Ipv4_layer.Make (I)) (Time) (Clock) (Random)

  type ipv4 = I.t
  type ipv4addr = Ipaddr.V4.t

  type ipv4input =
    src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t
end

module Flow = struct
  module Make = Make
end
