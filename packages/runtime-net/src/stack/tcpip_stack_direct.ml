(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

type direct_ipv4_input =
  src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

module type UDPV4_DIRECT = V1_LWT.UDPV4 with type ipv4input = direct_ipv4_input
module type TCPV4_DIRECT = V1_LWT.TCPV4 with type ipv4input = direct_ipv4_input

module Make
    (Console : V1_LWT.CONSOLE)
    (Time : V1_LWT.TIME)
    (Random : V1.RANDOM)
    (Netif : V1_LWT.NETWORK)
    (Ethif : V1_LWT.ETHIF with type netif = Netif.t)
    (Ipv4 : V1_LWT.IPV4 with type ethif = Ethif.t)
    (Udpv4 : UDPV4_DIRECT with type ipv4 = Ipv4.t)
    (Tcpv4 : TCPV4_DIRECT with type ipv4 = Ipv4.t) =
struct
  let () = Net_time.install Time.sleep

  type +'a io = 'a Lwt.t
  type ('a, 'b, 'c) config = ('a, 'b, 'c) V1_LWT.stackv4_config
  type console = Console.t
  type netif = Netif.t
  type mode = V1_LWT.direct_stack_config
  type id = (console, netif, mode) config
  type buffer = Cstruct.t
  type ipv4addr = Ipaddr.V4.t
  type udpv4 = Udpv4.t
  type tcpv4 = Tcpv4.t
  type ipv4 = Ipv4.t
  type error = [ `Unknown of string ]

  module UDPV4 = Udpv4
  module TCPV4 = Tcpv4
  module IPV4 = Ipv4
  module Setting = Ipv4_setting.Make (Ipv4)
  module Unknown = Unknown_protocol.Make (Ipv4)
  module Dhcp = Dhcp_clientv4.Make (Console) (Time) (Random) (Ethif) (Ipv4) (Udpv4)

  type t = {
    id : id;
    ethif : Ethif.t;
    ipv4 : Ipv4.t;
    udpv4 : Udpv4.t;
    tcpv4 : Tcpv4.t;
    udp_listeners : (int, Udpv4.callback) Hashtbl.t;
    tcp_listeners : (int, Tcpv4.callback) Hashtbl.t;
    mutable dhcp : Dhcp.t option;
    mutable loop : unit Lwt.t;
    mutable notify : Stack_event.t -> unit;
  }

  let id t = t.id
  let udpv4 t = t.udpv4
  let tcpv4 t = t.tcpv4
  let ipv4 t = t.ipv4

  let listen_udpv4 t ~port callback =
    Hashtbl.replace t.udp_listeners port callback;
    t.notify (Listen_udp port)

  let listen_tcpv4 t ~port callback =
    Hashtbl.replace t.tcp_listeners port callback;
    t.notify (Listen_tcp port)

  let on_event t notify =
    t.notify <- notify;
    let address = Ipv4.get_ipv4 t.ipv4 in
    if not (Ipv4_address.is_any address) then notify (Address address);
    Hashtbl.iter (fun port _ -> notify (Stack_event.Listen_udp port)) t.udp_listeners;
    Hashtbl.iter (fun port _ -> notify (Stack_event.Listen_tcp port)) t.tcp_listeners

  let bind_udpv4 t callback =
    let port = Ephemeral_port.choose ~taken:(Hashtbl.mem t.udp_listeners) in
    Hashtbl.replace t.udp_listeners port callback;
    (port, fun () -> Hashtbl.remove t.udp_listeners port)

  let ignored _ = Lwt.return_unit

  (* DHCP has its port to itself, and needs no announcement. *)
  let udp_listener t ~dst_port =
    match t.dhcp with
    | Some dhcp when dst_port = Dhcp.port -> Some (Dhcp.input dhcp)
    | Some _ | None -> Hashtbl.find_opt t.udp_listeners dst_port

  let process t =
    let tcp = Tcpv4.input t.tcpv4 ~listeners:(Hashtbl.find_opt t.tcp_listeners) in
    let udp = Udpv4.input t.udpv4 ~listeners:(udp_listener t) in
    let default = Unknown.input (Unknown.create t.ipv4) in
    let ipv4 = Ipv4.input ~tcp ~udp ~default t.ipv4 in
    let input = Ethif.input ~ipv4 ~ipv6:ignored t.ethif in
    let report exn =
      Console.log_s t.id.console
        (Printf.sprintf "%s: %s" t.id.name (Printexc.to_string exn))
    in
    Netif.listen t.id.interface (fun frame ->
        Lwt.catch (fun () -> input frame) report)

  let configure t =
    let mac = Netif.mac t.id.interface in
    match Net_parameters.addressing mac ~default:t.id.mode with
    | `DHCP ->
      let on_address ip = t.notify (Address ip) in
      let dhcp = Dhcp.start ~on_address t.id.console t.ipv4 t.udpv4 in
      t.dhcp <- Some dhcp;
      let gone = t.loop >>= fun () -> Lwt.fail (Failure "the interface is gone") in
      Lwt.choose [ Dhcp.bound dhcp; gone ]
    | `IPv4 (address, netmask, gateways) ->
      Setting.set t.ipv4 address ~netmask ~gateways

  let start id =
    Connecting.or_fail "Ethernet" (Ethif.connect id.V1_LWT.interface) >>= fun ethif ->
    Connecting.or_fail "IPv4" (Ipv4.connect ethif) >>= fun ipv4 ->
    Connecting.or_fail "UDP" (Udpv4.connect ipv4) >>= fun udpv4 ->
    Connecting.or_fail "TCP" (Tcpv4.connect ipv4) >>= fun tcpv4 ->
    let t =
      {
        id;
        ethif;
        ipv4;
        udpv4;
        tcpv4;
        udp_listeners = Hashtbl.create 7;
        tcp_listeners = Hashtbl.create 7;
        dhcp = None;
        loop = Lwt.return_unit;
        notify = ignore;
      }
    in
    t.loop <- process t;
    configure t >|= fun () -> t

  let connect id = Connecting.result (fun () -> start id)

  let listen t = t.loop

  let disconnect t =
    Option.iter Dhcp.stop t.dhcp;
    Tcpv4.disconnect t.tcpv4 >>= fun () -> Netif.disconnect t.id.interface
end
