(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Make (I : V1_LWT.IPV4) = struct
  (* The address last: whoever sees it finds the rest in place. *)
  let set ip address ~netmask ~gateways =
    I.set_ipv4_netmask ip netmask >>= fun () ->
    I.set_ipv4_gateways ip gateways >>= fun () -> I.set_ipv4 ip address
end
