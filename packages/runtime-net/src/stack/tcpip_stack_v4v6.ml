(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Make
    (Console : V1_LWT.CONSOLE)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (Random : V1.RANDOM)
    (Netif : V1_LWT.NETWORK)
    (Ethif : V1_LWT.ETHIF with type netif = Netif.t)
    (Ipv4 : V1_LWT.IPV4 with type ethif = Ethif.t)
    (Ipv6 : Ipv6.S with type ethif = Ethif.t) =
struct
  let () = Net_time.install Time.sleep

  type +'a io = 'a Lwt.t
  type ('a, 'b, 'c) config = ('a, 'b, 'c) V1_LWT.stackv4_config
  type console = Console.t
  type netif = Netif.t
  type mode = V1_LWT.direct_stackv4v6_config
  type id = (console, netif, mode) config
  type buffer = Cstruct.t
  type ipv4addr = Ipaddr.V4.t
  type ipv6addr = Ipaddr.V6.t
  type ipaddr = Ipaddr.t
  type error = [ `Unknown of string ]

  module Both = Ip_both.Make (Ipv4_layer.Make (Ipv4)) (Ipv6_layer.Make (Ipv6))
  module Udp = Udp_layer.Make (Both)
  module Tcp = Tcp_layer.Make (Both) (Time) (Clock) (Random)

  (* {2 UDP and TCP, as either version sees them} *)

  let v4 ip = Ipaddr.V4 ip
  let v6 ip = Ipaddr.V6 ip
  let part_of_a_stack () = Lwt.return (`Error (`Unknown "it is part of a stack"))

  (* What listens for one version never hears of the other. *)
  let v4_of = function Ipaddr.V4 ip -> ip | V6 _ -> Ipaddr.V4.any
  let v6_of = function Ipaddr.V6 ip -> ip | V4 ip -> Ipaddr.v6_of_v4 ip

  let udp_callback of_ip callback ~src ~dst ~src_port payload =
    callback ~src:(of_ip src) ~dst:(of_ip dst) ~src_port payload

  module UDPV4 = struct
    type +'a io = 'a Lwt.t
    type buffer = Cstruct.t
    type ipv4 = Ipv4.t
    type ipv4addr = Ipaddr.V4.t
    type ipv4input = src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t
    type error = [ `Unknown of string ]
    type t = Udp.t

    type callback =
      src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> src_port:int -> Cstruct.t -> unit Lwt.t

    let connect _ = part_of_a_stack ()
    let disconnect = Udp.disconnect
    let id t = (Udp.id t).Both.v4

    let input ~listeners t ~src ~dst datagram =
      let listeners ~dst_port =
        Option.map (udp_callback v4_of) (listeners ~dst_port)
      in
      Udp.input ~listeners t ~src:(v4 src) ~dst:(v4 dst) datagram

    let write ?source_port ~dest_ip = Udp.write ?source_port ~dest_ip:(v4 dest_ip)
  end

  module UDPV6 = struct
    type +'a io = 'a Lwt.t
    type buffer = Cstruct.t
    type ipv6 = Ipv6.t
    type ipv6addr = Ipaddr.V6.t
    type ipv6input = src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> Cstruct.t -> unit Lwt.t
    type error = [ `Unknown of string ]
    type t = Udp.t

    type callback =
      src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> src_port:int -> Cstruct.t -> unit Lwt.t

    let connect _ = part_of_a_stack ()
    let disconnect = Udp.disconnect
    let id t = (Udp.id t).Both.v6

    let input ~listeners t ~src ~dst datagram =
      let listeners ~dst_port =
        Option.map (udp_callback v6_of) (listeners ~dst_port)
      in
      Udp.input ~listeners t ~src:(v6 src) ~dst:(v6 dst) datagram

    let write ?source_port ~dest_ip = Udp.write ?source_port ~dest_ip:(v6 dest_ip)
  end

  module TCPV4 = struct
    include Tcp

    type ipv4 = Ipv4.t
    type ipv4addr = Ipaddr.V4.t
    type ipv4input = src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

    let connect _ = part_of_a_stack ()
    let id t = (Tcp.id t).Both.v4

    let get_dest flow =
      let ip, port = Tcp.get_dest flow in
      (v4_of ip, port)

    let create_connection t (ip, port) = Tcp.create_connection t (v4 ip, port)

    let input t ~listeners ~src ~dst segment =
      Tcp.input t ~listeners ~src:(v4 src) ~dst:(v4 dst) segment
  end

  module TCPV6 = struct
    include Tcp

    type ipv6 = Ipv6.t
    type ipv6addr = Ipaddr.V6.t
    type ipv6input = src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> Cstruct.t -> unit Lwt.t

    let connect _ = part_of_a_stack ()
    let id t = (Tcp.id t).Both.v6

    let get_dest flow =
      let ip, port = Tcp.get_dest flow in
      (v6_of ip, port)

    let create_connection t (ip, port) = Tcp.create_connection t (v6 ip, port)

    let input t ~listeners ~src ~dst segment =
      Tcp.input t ~listeners ~src:(v6 src) ~dst:(v6 dst) segment
  end

  module IPV4 = Ipv4
  module IPV6 = Ipv6

  type udpv4 = Udp.t
  type udpv6 = Udp.t
  type tcpv4 = Tcp.t
  type tcpv6 = Tcp.t
  type ipv4 = Ipv4.t
  type ipv6 = Ipv6.t

  module Setting = Ipv4_setting.Make (Ipv4)
  module Unknown = Unknown_protocol.Make (Ipv4)
  module Dhcp = Dhcp_clientv4.Make (Console) (Time) (Random) (Ethif) (Ipv4) (UDPV4)

  module Dhcp6 = Dhcp_clientv6.Make (Time)

  (* Who listens on a port, for each version. *)
  type 'a listeners = { by_v4 : (int, 'a) Hashtbl.t; by_v6 : (int, 'a) Hashtbl.t }

  type t = {
    id : id;
    ethif : Ethif.t;
    ipv4 : Ipv4.t;
    ipv6 : Ipv6.t;
    udp : Udp.t;
    tcp : Tcp.t;
    udp_listeners : Udp.callback listeners;
    tcp_listeners : Tcp.callback listeners;
    mutable dhcp : Dhcp.t option;
    mutable dhcp6 : Dhcp6.t option;
    mutable loop : unit Lwt.t;
    mutable notify : Stack_event.t -> unit;
  }

  let id t = t.id
  let udpv4 t = t.udp
  let udpv6 t = t.udp
  let tcpv4 t = t.tcp
  let tcpv6 t = t.tcp
  let ipv4 t = t.ipv4
  let ipv6 t = t.ipv6

  (* {2 Listening} *)

  let listen_udpv4 t ~port callback =
    Hashtbl.replace t.udp_listeners.by_v4 port (udp_callback v4_of callback);
    t.notify (Listen_udp port)

  let bind_udpv4 t callback =
    let { by_v4; _ } = t.udp_listeners in
    let port = Ephemeral_port.choose ~taken:(Hashtbl.mem by_v4) in
    Hashtbl.replace by_v4 port (udp_callback v4_of callback);
    (port, fun () -> Hashtbl.remove by_v4 port)

  let listen_udpv6 t ~port callback =
    Hashtbl.replace t.udp_listeners.by_v6 port (udp_callback v6_of callback);
    t.notify (Listen_udp port)

  let listen_udp t ~port callback =
    Hashtbl.replace t.udp_listeners.by_v4 port callback;
    Hashtbl.replace t.udp_listeners.by_v6 port callback;
    t.notify (Listen_udp port)

  let listen_tcpv4 t ~port callback =
    Hashtbl.replace t.tcp_listeners.by_v4 port callback;
    t.notify (Listen_tcp port)

  let listen_tcpv6 t ~port callback =
    Hashtbl.replace t.tcp_listeners.by_v6 port callback;
    t.notify (Listen_tcp port)

  let listen_tcp t ~port callback =
    Hashtbl.replace t.tcp_listeners.by_v4 port callback;
    Hashtbl.replace t.tcp_listeners.by_v6 port callback;
    t.notify (Listen_tcp port)

  let get_dest = Tcp.get_dest
  let create_connection t = Tcp.create_connection t.tcp

  let write_udp ?source_port ~dest_ip ~dest_port t =
    Udp.write ?source_port ~dest_ip ~dest_port t.udp

  let ports { by_v4; by_v6 } =
    let add port _ ports = if List.mem port ports then ports else port :: ports in
    Hashtbl.fold add by_v4 (Hashtbl.fold add by_v6 [])

  (* Each interface has an address of the link, of which nobody need be told. *)
  let tell_address t ip =
    if not (Ipv6_address.is_link_local ip) then t.notify (Address6 ip)

  let on_event t notify =
    t.notify <- notify;
    let address = Ipv4.get_ipv4 t.ipv4 in
    if not (Ipv4_address.is_any address) then notify (Address address);
    List.iter (tell_address t) (Ipv6.get_ipv6 t.ipv6);
    List.iter (fun port -> notify (Listen_udp port)) (ports t.udp_listeners);
    List.iter (fun port -> notify (Listen_tcp port)) (ports t.tcp_listeners)

  let set_tcp_config t = Tcp.set_config t.tcp
  let connections t = Tcp.connections t.tcp

  (* {2 Running} *)

  (* DHCP has its port to itself, and needs no announcement. *)
  let udp_listener t ~dst_port =
    match t.dhcp with
    | Some dhcp when dst_port = Dhcp.port -> Some (udp_callback v4_of (Dhcp.input dhcp))
    | Some _ | None -> Hashtbl.find_opt t.udp_listeners.by_v4 dst_port

  let udp6_listener t ~dst_port =
    match t.dhcp6 with
    | Some dhcp when dst_port = Dhcp6.port ->
      Some
        (fun ~src:_ ~dst:_ ~src_port payload ->
          Dhcp6.input dhcp ~src_port payload;
          Lwt.return_unit)
    | Some _ | None -> Hashtbl.find_opt t.udp_listeners.by_v6 dst_port

  let process t =
    let tcp listeners = Tcp.input t.tcp ~listeners:(Hashtbl.find_opt listeners) in
    let udp listeners = Udp.input t.udp ~listeners in
    let tcp4 = tcp t.tcp_listeners.by_v4 and tcp6 = tcp t.tcp_listeners.by_v6 in
    let udp4 = udp (udp_listener t) in
    let udp6 = udp (udp6_listener t) in
    let from4 f ~src ~dst = f ~src:(v4 src) ~dst:(v4 dst) in
    let from6 f ~src ~dst = f ~src:(v6 src) ~dst:(v6 dst) in
    let default = Unknown.input (Unknown.create t.ipv4) in
    let ipv4 = Ipv4.input ~tcp:(from4 tcp4) ~udp:(from4 udp4) ~default t.ipv4 in
    let ipv6 = Ipv6.input ~tcp:(from6 tcp6) ~udp:(from6 udp6) t.ipv6 in
    let input = Ethif.input ~ipv4 ~ipv6 t.ethif in
    let report exn =
      Console.log_s t.id.console
        (Printf.sprintf "%s: %s" t.id.name (Printexc.to_string exn))
    in
    Netif.listen t.id.interface (fun frame ->
        Lwt.catch (fun () -> input frame) report)

  let configure_v4 t =
    let mac = Netif.mac t.id.interface in
    match Net_parameters.addressing mac ~default:t.id.mode.ipv4 with
    | `DHCP ->
      let on_address ip = t.notify (Address ip) in
      let dhcp = Dhcp.start ~on_address t.id.console t.ipv4 t.udp in
      t.dhcp <- Some dhcp;
      let gone = t.loop >>= fun () -> Lwt.fail (Failure "the interface is gone") in
      Lwt.choose [ Dhcp.bound dhcp; gone ]
    | `IPv4 (address, netmask, gateways) ->
      Setting.set t.ipv4 address ~netmask ~gateways

  let start_dhcp6 t () =
    let dest_ip, dest_port = Dhcp6.servers in
    let send =
      Udp.write ~source_port:Dhcp6.port ~dest_ip:(v6 dest_ip) ~dest_port t.udp
    in
    t.dhcp6 <- Some (Dhcp6.create ~mac:(Netif.mac t.id.interface) ~send)

  let configure_v6 t =
    let { V1_LWT.addresses; gateways; slaac } = t.id.mode.ipv6 in
    Ipv6.on_address t.ipv6 (tell_address t);
    Ipv6.on_other_information t.ipv6 (start_dhcp6 t);
    Lwt_list.iter_s (fun (ip, length) -> Ipv6.add_ipv6 t.ipv6 ip ~length) addresses
    >>= fun () ->
    Ipv6.set_ipv6_gateways t.ipv6 gateways >>= fun () ->
    if slaac then Ipv6.use_slaac t.ipv6 else Lwt.return_unit

  let listeners () = { by_v4 = Hashtbl.create 7; by_v6 = Hashtbl.create 7 }

  let start id =
    Connecting.or_fail "Ethernet" (Ethif.connect id.V1_LWT.interface) >>= fun ethif ->
    Connecting.or_fail "IPv4" (Ipv4.connect ethif) >>= fun ipv4 ->
    Connecting.or_fail "IPv6" (Ipv6.connect ethif) >>= fun ipv6 ->
    let both = { Both.v4 = ipv4; v6 = ipv6 } in
    Connecting.or_fail "UDP" (Udp.connect both) >>= fun udp ->
    Connecting.or_fail "TCP" (Tcp.connect both) >>= fun tcp ->
    let t =
      {
        id;
        ethif;
        ipv4;
        ipv6;
        udp;
        tcp;
        udp_listeners = listeners ();
        tcp_listeners = listeners ();
        dhcp = None;
        dhcp6 = None;
        loop = Lwt.return_unit;
        notify = ignore;
      }
    in
    t.loop <- process t;
    configure_v6 t >>= fun () ->
    configure_v4 t >|= fun () -> t

  let connect id = Connecting.result (fun () -> start id)

  let listen t = t.loop

  let disconnect t =
    Option.iter Dhcp.stop t.dhcp;
    Option.iter Dhcp6.stop t.dhcp6;
    Tcp.disconnect t.tcp >>= fun () ->
    Ipv6.disconnect t.ipv6 >>= fun () -> Netif.disconnect t.id.interface
end
