(* SPDX-License-Identifier: ISC *)

module Make (I : V1_LWT.IPV4) = struct
  include Udp_layer.Make (Ipv4_layer.Make (I))

  type ipv4 = I.t
  type ipv4addr = Ipaddr.V4.t

  type ipv4input =
    src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t
end
