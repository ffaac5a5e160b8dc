(* SPDX-License-Identifier: ISC *)

module Make (I : V1_LWT.IPV6) = struct
  include Udp_layer.Make (Ipv6_layer.Make (I))

  type ipv6 = I.t
  type ipv6addr = Ipaddr.V6.t

  type ipv6input =
    src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> Cstruct.t -> unit Lwt.t
end
