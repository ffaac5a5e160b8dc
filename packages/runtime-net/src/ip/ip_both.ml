(* SPDX-License-Identifier: ISC *)

(* Both versions of IP as one layer, whose addresses are of either. *)

module Make
    (I4 : Ip_layer.S with type addr = Ipaddr.V4.t)
    (I6 : Ip_layer.S with type addr = Ipaddr.V6.t) =
struct
  type t = { v4 : I4.t; v6 : I6.t }
  type addr = Ipaddr.t

  let equal (a : addr) (b : addr) =
    match (a, b) with
    | V4 a, V4 b -> I4.equal a b
    | V6 a, V6 b -> I6.equal a b
    | V4 _, V6 _ | V6 _, V4 _ -> false

  let octets = function Ipaddr.V4 ip -> I4.octets ip | V6 ip -> I6.octets ip
  let fold mix h = function Ipaddr.V4 ip -> I4.fold mix h ip | V6 ip -> I6.fold mix h ip
  let owner = function Ipaddr.V4 ip -> I4.owner ip | V6 ip -> I6.owner ip
  let to_ip ip = ip
  let of_ip ip = Some ip

  let header_length = function
    | Ipaddr.V4 ip -> I4.header_length ip
    | V6 ip -> I6.header_length ip

  let mixed what = invalid_arg (what ^ ": addresses of both versions of IP")

  let addresses ~(src : addr) ~(dst : addr) =
    match (src, dst) with
    | V4 src, V4 dst -> I4.addresses ~src ~dst
    | V6 src, V6 dst -> I6.addresses ~src ~dst
    | V4 _, V6 _ | V6 _, V4 _ -> mixed "Ip_both.addresses"

  let needs_checksum = function
    | Ipaddr.V4 ip -> I4.needs_checksum ip
    | V6 ip -> I6.needs_checksum ip

  let mtu t = function Ipaddr.V4 ip -> I4.mtu t.v4 ip | V6 ip -> I6.mtu t.v6 ip
  let owns t = function Ipaddr.V4 ip -> I4.owns t.v4 ip | V6 ip -> I6.owns t.v6 ip

  let source t = function
    | Ipaddr.V4 ip -> Option.map (fun ip -> Ipaddr.V4 ip) (I4.source t.v4 ip)
    | V6 ip -> Option.map (fun ip -> Ipaddr.V6 ip) (I6.source t.v6 ip)

  let allocate_frame t ~proto ~(src : addr) ~(dst : addr) =
    match (src, dst) with
    | V4 src, V4 dst -> I4.allocate_frame t.v4 ~proto ~src ~dst
    | V6 src, V6 dst -> I6.allocate_frame t.v6 ~proto ~src ~dst
    | V4 _, V6 _ | V6 _, V4 _ -> mixed "Ip_both.allocate_frame"

  let writev t ~(dst : addr) frame parts =
    match dst with
    | V4 dst -> I4.writev t.v4 ~dst frame parts
    | V6 dst -> I6.writev t.v6 ~dst frame parts

  let port_unreachable t ~(src : addr) ~(dst : addr) datagram =
    match (src, dst) with
    | V4 src, V4 dst -> I4.port_unreachable t.v4 ~src ~dst datagram
    | V6 src, V6 dst -> I6.port_unreachable t.v6 ~src ~dst datagram
    | V4 _, V6 _ | V6 _, V4 _ -> mixed "Ip_both.port_unreachable"

  let is_unreachable exn = I4.is_unreachable exn || I6.is_unreachable exn
end
