(* SPDX-License-Identifier: ISC *)

(* A connection has one peer: TCP to all is dropped (RFC 1122, sections 3.3.6 and
   4.2.3.10). *)
let is_tcp datagram =
  Cstruct.length datagram >= Ipv4_wire.length
  && Cstruct.get_uint8 datagram 9 = Ipv4_wire.proto_tcp

let is_tcp6 datagram =
  Cstruct.length datagram >= Ipv6_wire.length
  && Ipv6_wire.get_proto datagram = Ipv4_wire.proto_tcp

(* Octets of IP, by the version. *)
let count ~ipv4 ~ipv6 ethertype length =
  if ethertype = Ethernet_wire.ethertype_ipv4 then Net_counters.add ipv4 length
  else if ethertype = Ethernet_wire.ethertype_ipv6 then Net_counters.add ipv6 length

let count_received ethertype payload =
  count ~ipv4:Count.Ip4.in_octets ~ipv6:Count.Ip6.in_octets ethertype (Cstruct.length payload)

let count_sent = function
  | header :: _ as parts when Cstruct.length header >= Ethernet_wire.length ->
      count ~ipv4:Count.Ip4.out_octets ~ipv6:Count.Ip6.out_octets
        (Ethernet_wire.get_ethertype header)
        (Cstruct.lenv parts - Ethernet_wire.length)
  | _ -> ()

module Make (N : V1_LWT.NETWORK) = struct
  type +'a io = 'a Lwt.t
  type buffer = Cstruct.t
  type netif = N.t
  type ipv4addr = Ipaddr.V4.t
  type macaddr = Macaddr.t
  type error = [ `Unknown of string | `Unimplemented | `Disconnected ]
  type t = { netif : N.t; own_mac : Macaddr.t; arp : Arpv4.t }

  let connect netif =
    let own_mac = N.mac netif in
    let output frame =
      if Net_capture.is_running () then Net_capture.frame own_mac Sent [ frame ];
      N.write netif frame
    in
    let arp = Arpv4.create ~mac:own_mac ~output in
    Lwt.return (`Ok { netif; own_mac; arp })

  let disconnect _ = Lwt.return_unit
  let id t = t.netif
  let mac t = t.own_mac

  let note_sent t parts =
    count_sent parts;
    if Net_capture.is_running () then Net_capture.frame t.own_mac Sent parts

  let write t frame =
    note_sent t [ frame ];
    N.write t.netif frame

  let writev t parts =
    note_sent t parts;
    N.writev t.netif parts

  let query_arpv4 t ip = Arpv4.query t.arp ip

  let add_ipv4 t ip =
    if Ipv4_address.is_any ip then Arpv4.set_ips t.arp []
    else Arpv4.add_ip t.arp ip

  let input ~ipv4 ~ipv6 t frame =
    if Net_capture.is_running () then Net_capture.frame t.own_mac Received [ frame ];
    if
      Cstruct.length frame < Ethernet_wire.length
      || not (Ethernet_wire.is_for t.own_mac frame && Ethernet_wire.is_from_one frame)
    then Lwt.return_unit
    else
      let payload = Cstruct.shift frame Ethernet_wire.length in
      let ethertype = Ethernet_wire.get_ethertype frame in
      count_received ethertype payload;
      if ethertype = Ethernet_wire.ethertype_ipv4 then
        if Ethernet_wire.is_to_many frame && is_tcp payload then Lwt.return_unit
        else ipv4 payload
      else if ethertype = Ethernet_wire.ethertype_arp then
        Arpv4.input t.arp payload
      else if ethertype = Ethernet_wire.ethertype_ipv6 then
        if Ethernet_wire.is_to_many frame && is_tcp6 payload then Lwt.return_unit
        else ipv6 payload
      else Lwt.return_unit
end
