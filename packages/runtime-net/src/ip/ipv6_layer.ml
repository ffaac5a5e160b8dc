(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* IPv6, as V1 has it, for the layers above. *)

module Make (I : V1_LWT.IPV6) : Ip_layer.S with type t = I.t and type addr = Ipaddr.V6.t =
struct
  type t = I.t
  type addr = Ipaddr.V6.t

  let equal = Ipv6_address.equal
  let octets = Ipaddr.V6.to_octets

  let fold mix h ip =
    let octets = Ipaddr.V6.to_octets ip in
    let word i = Int32.to_int (String.get_int32_be octets (4 * i)) in
    mix (mix (mix (mix h (word 0)) (word 1)) (word 2)) (word 3)

  let owner ip = Hashtbl.hash (String.sub (Ipaddr.V6.to_octets ip) 0 8)
  let to_ip ip = Ipaddr.V6 ip
  let of_ip = function Ipaddr.V6 ip -> Some ip | Ipaddr.V4 _ -> None
  let header_length _ = Ipv6_wire.length
  let addresses = Inet_checksum.addresses6
  let needs_checksum _ = true
  let owns t ip = List.exists (Ipv6_address.equal ip) (I.get_ipv6 t)
  let mtu t _ = I.get_mtu t
  let source = I.get_source

  let allocate_frame t ~proto ~src ~dst =
    I.allocate_frame ~src ~proto:(proto :> [ `ICMP | `TCP | `UDP ]) ~dest_ip:dst t

  let writev t ~dst:_ frame parts = I.writev t frame parts

  (* The datagram as it came, as far as an error message may quote it. *)
  let quoted ~src ~dst datagram =
    let ip = Cstruct.create Ipv6_wire.length in
    let length = Cstruct.length datagram in
    Ipv6_wire.write ip ~src ~dst ~proto:Ipv4_wire.proto_udp ~hop_limit:64;
    Ipv6_wire.complete ip ~payload_length:length;
    let most =
      Ipv6_wire.min_mtu - (2 * Ipv6_wire.length) - Icmpv6_wire.header_length
    in
    Cstruct.append ip (Cstruct.sub datagram 0 (Int.min most length))

  let port = 4

  let port_unreachable t ~src ~dst datagram =
    let quoted = quoted ~src ~dst datagram in
    I.allocate_frame ~src:dst ~proto:`ICMP ~dest_ip:src t >>= fun (frame, header) ->
    let length =
      Icmpv6_wire.write_error
        (Cstruct.sub frame header Icmpv6_wire.header_length)
        ~addresses:(Inet_checksum.addresses6 ~src:dst ~dst:src)
        (Unreachable port) quoted
    in
    Count.(one icmp6_out);
    I.write t (Cstruct.sub frame 0 (header + length)) quoted

  let is_unreachable = function
    | Ipv6.No_answer _ | Ipv6.No_route _ -> true
    | _ -> false
end
