(* SPDX-License-Identifier: ISC *)

type send =
  dst:Ipaddr.V4.t -> (Cstruct.t -> unit) -> Cstruct.t -> unit Lwt.t

let reason_of (unreachable : Icmpv4_wire.unreachable) : Ip_error.reason =
  match unreachable with
  | Protocol | Port -> Refused
  | Net | Host | Other _ -> No_way
  | Fragmentation_needed mtu -> Too_big (Int.max 0 (mtu - Ipv4_wire.length))

let report unreachable quoted =
  match Ipv4_wire.parse_quoted quoted with
  | Some { src; dst; proto; payload = transport; fragment_offset = 0; _ } ->
    Ip_error.report
      { reason = reason_of unreachable; src = V4 src; dst = V4 dst; proto; transport }
  | Some _ | None -> ()

let input (send : send) ~own ~src ~dst message =
  match Icmpv4_wire.parse message with
  | Some (Echo_request { id; sequence; data }) when Ipv4_address.equal dst own ->
    let header buf = Icmpv4_wire.write_echo_reply buf ~id ~sequence data in
    Count.(one icmp_out);
    send ~dst:src header data
  | Some (Unreachable (reason, quoted)) ->
    report reason quoted;
    Lwt.return_unit
  | Some (Echo_request _ | Echo_reply _ | Unhandled _) | None -> Lwt.return_unit

(* An error message stays below the size that every host can receive
   (RFC 1812, section 4.3.2.3). *)
let max_quoted = 576 - (2 * Ipv4_wire.length) - Icmpv4_wire.header_length

let unreachable (send : send) what ~proto ~src ~dst datagram =
  let length = Cstruct.length datagram in
  let ip = Cstruct.create Ipv4_wire.length in
  Ipv4_wire.write ip ~src ~dst ~proto ~dont_fragment:false;
  Ipv4_wire.complete ip ~id:0 ~total_length:(Ipv4_wire.length + length);
  let quoted = Cstruct.append ip (Cstruct.sub datagram 0 (min length max_quoted)) in
  Count.(one icmp_out);
  send ~dst:src (fun buf -> Icmpv4_wire.write_unreachable buf what quoted) quoted
