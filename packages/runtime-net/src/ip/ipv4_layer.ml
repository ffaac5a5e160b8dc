(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* IPv4, as V1 has it, for the layers above. *)

module Make (I : V1_LWT.IPV4) : Ip_layer.S with type t = I.t and type addr = Ipaddr.V4.t =
struct
  type t = I.t
  type addr = Ipaddr.V4.t

  let equal = Ipv4_address.equal
  let octets = Ipaddr.V4.to_octets
  let fold mix h ip = mix h (Ipv4_address.hash ip)
  let owner = Ipv4_address.hash
  let to_ip ip = Ipaddr.V4 ip
  let of_ip = function Ipaddr.V4 ip -> Some ip | Ipaddr.V6 _ -> None
  let header_length _ = Ipv4_wire.length
  let addresses = Inet_checksum.addresses
  let needs_checksum _ = false
  let owns t ip = Ipv4_address.equal ip (I.get_ipv4 t)
  let mtu t _ = Ipv4_mtu.get (I.get_ipv4 t)
  let source t _ = Some (I.get_ipv4 t)

  let allocate_frame t ~proto ~src:_ ~dst =
    I.allocate_frame ~proto:(proto :> [ `ICMP | `TCP | `UDP ]) ~dest_ip:dst t

  let writev t ~dst:_ frame parts = I.writev t frame parts

  let send_icmp t ~dst write payload =
    I.allocate_frame ~proto:`ICMP ~dest_ip:dst t >>= fun (frame, header) ->
    write (Cstruct.sub frame header Icmpv4_wire.header_length);
    I.write t (Cstruct.sub frame 0 (header + Icmpv4_wire.header_length)) payload

  let port_unreachable t ~src ~dst datagram =
    Icmpv4.unreachable (send_icmp t) `Port ~proto:Ipv4_wire.proto_udp ~src ~dst datagram

  let is_unreachable = function
    | Arpv4.No_answer _ | Ipv4.No_route _ -> true
    | _ -> false
end
