(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
module Buffered = Channel

module Make
    (Console : V1_LWT.CONSOLE with type id = string)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (Random : V1.RANDOM)
    (Netif : V1_LWT.NETWORK with type id = string) =
struct
  module Ethif = Ethif.Make (Netif)
  module Ipv4 = Ipv4.Make (Ethif)
  module Udpv4 = Udpv4.Make (Ipv4)
  module Tcpv4 = Tcpv4.Make (Ipv4) (Time) (Clock) (Random)
  module Setting = Ipv4_setting.Make (Ipv4)
  module Dhcp = Dhcp_clientv4.Make (Console) (Time) (Random) (Ethif) (Ipv4) (Udpv4)

  type config = V1_LWT.direct_stack_config
  type id = string

  type interface = {
    id : id;
    console : Console.t;
    netif : Netif.t;
    ethif : Ethif.t;
    ipv4 : Ipv4.t;
    udpv4 : Udpv4.t;
    tcpv4 : Tcpv4.t;
    udp_listeners : (int, Udpv4.callback) Hashtbl.t;
    tcp_listeners : (int, Tcpv4.callback) Hashtbl.t;
    ip_listeners : (int, Ipv4.callback) Hashtbl.t;
    on_event : Stack_event.t -> unit;
    mutable dhcp : Dhcp.t option;
    mutable promiscuous : (id -> Cstruct.t -> unit Lwt.t) option;
    mutable loop : unit Lwt.t;
  }

  type t = {
    callback : t -> interface -> id -> unit Lwt.t;
    notify : Stack_event.t -> unit;
    mutable interfaces : interface list;  (** in the order they were plugged *)
  }

  type callback = t -> interface -> id -> unit Lwt.t
  type ipv4_src = Ipaddr.V4.t option * int
  type ipv4_dst = Ipaddr.V4.t * int

  (* {2 Parts} *)

  let get_id i = i.id
  let get_netif i = i.netif
  let get_ethif i = i.ethif
  let get_ipv4 i = i.ipv4
  let get_udp i = i.udpv4
  let get_tcp i = i.tcpv4
  let get_intfs t = List.map (fun i -> (i.id, i)) t.interfaces
  let find t id = List.find (fun i -> i.id = id) t.interfaces
  let get_intf_mac t id = Ethif.mac (find t id).ethif
  let get_intf_ipv4addr t id = Ipv4.get_ipv4 (find t id).ipv4
  let inject_packet t id frame = Netif.write (find t id).netif frame
  let set_promiscuous t id f = (find t id).promiscuous <- Some f

  let with_address t address =
    match address with
    | None -> t.interfaces
    | Some ip ->
      List.filter
        (fun i -> Ipv4_address.equal (Ipv4.get_ipv4 i.ipv4) ip)
        t.interfaces

  let tcpv4_of_addr t address = List.map get_tcp (with_address t address)
  let udpv4_of_addr t address = List.map get_udp (with_address t address)

  (* {2 Listening} *)

  let listen_tcpv4 i ~port callback =
    Hashtbl.replace i.tcp_listeners port callback;
    i.on_event (Listen_tcp port)

  let listen_udpv4 i ~port callback =
    Hashtbl.replace i.udp_listeners port callback;
    i.on_event (Listen_udp port)

  let listen_ipv4 i ~proto callback = Hashtbl.replace i.ip_listeners proto callback

  let udp_listener i ~dst_port =
    match i.dhcp with
    | Some dhcp when dst_port = Dhcp.port -> Some (Dhcp.input dhcp)
    | Some _ | None -> Hashtbl.find_opt i.udp_listeners dst_port

  let ignored _ = Lwt.return_unit

  let process i =
    let tcp = Tcpv4.input i.tcpv4 ~listeners:(Hashtbl.find_opt i.tcp_listeners) in
    let udp = Udpv4.input i.udpv4 ~listeners:(udp_listener i) in
    let default ~proto ~src ~dst payload =
      match Hashtbl.find_opt i.ip_listeners proto with
      | Some callback -> callback ~src ~dst payload
      | None -> Lwt.return_unit
    in
    let ipv4 = Ipv4.input ~tcp ~udp ~default i.ipv4 in
    let input = Ethif.input ~ipv4 ~ipv6:ignored i.ethif in
    let take frame =
      match i.promiscuous with
      | None -> input frame
      | Some f -> f i.id frame >>= fun () -> input frame
    in
    let report exn = Console.log_s i.console (i.id ^ ": " ^ Printexc.to_string exn) in
    Netif.listen i.netif (fun frame -> Lwt.catch (fun () -> take frame) report)

  (* {2 Starting} *)

  let add t id netif =
    Connecting.or_fail "the console" (Console.connect "console") >>= fun console ->
    Connecting.or_fail "Ethernet" (Ethif.connect netif) >>= fun ethif ->
    Connecting.or_fail "IPv4" (Ipv4.connect ethif) >>= fun ipv4 ->
    Connecting.or_fail "UDP" (Udpv4.connect ipv4) >>= fun udpv4 ->
    Connecting.or_fail "TCP" (Tcpv4.connect ipv4) >|= fun tcpv4 ->
    let i =
      {
        id;
        console;
        netif;
        ethif;
        ipv4;
        udpv4;
        tcpv4;
        udp_listeners = Hashtbl.create 7;
        tcp_listeners = Hashtbl.create 7;
        ip_listeners = Hashtbl.create 7;
        on_event = t.notify;
        dhcp = None;
        promiscuous = None;
        loop = Lwt.return_unit;
      }
    in
    t.interfaces <- t.interfaces @ [ i ];
    i.loop <- process i;
    i

  let plug t id netif = add t id netif >>= fun i -> t.callback t i id

  let unplug t id =
    let gone, kept = List.partition (fun i -> i.id = id) t.interfaces in
    t.interfaces <- kept;
    let close i =
      Option.iter Dhcp.stop i.dhcp;
      Lwt.async (fun () ->
          Tcpv4.disconnect i.tcpv4 >>= fun () -> Netif.disconnect i.netif)
    in
    List.iter close gone

  let configure i (config : config) =
    match Net_parameters.addressing (Netif.mac i.netif) ~default:config with
    | `DHCP ->
      let on_address ip = i.on_event (Address ip) in
      let dhcp = Dhcp.start ~on_address i.console i.ipv4 i.udpv4 in
      i.dhcp <- Some dhcp;
      let gone = i.loop >>= fun () -> Lwt.fail (Failure (i.id ^ " is gone")) in
      Lwt.choose [ Dhcp.bound dhcp; gone ]
    | `IPv4 (address, netmask, gateways) ->
      Setting.set i.ipv4 address ~netmask ~gateways >|= fun () ->
      i.on_event (Address address)

  let has_listeners i =
    Hashtbl.length i.tcp_listeners > 0
    || Hashtbl.length i.udp_listeners > 0
    || Hashtbl.length i.ip_listeners > 0

  let connect_netif id = Connecting.or_fail ("interface " ^ id) (Netif.connect id)

  let create ?(devices = [ "net" ]) ?(on_event = ignore) callback =
    let t = { callback; notify = on_event; interfaces = [] } in
    let run () =
      Lwt_list.map_s connect_netif devices >>= fun netifs ->
      Lwt_list.map_s (fun (id, netif) -> add t id netif)
        (List.combine devices netifs)
      >>= fun interfaces ->
      Lwt.join (List.map (fun i -> callback t i i.id) interfaces) >>= fun () ->
      Lwt.join
        (List.map (fun i -> i.loop) (List.filter has_listeners t.interfaces))
    in
    let running = run () in
    Lwt.on_cancel running (fun () ->
        List.iter (fun i -> unplug t i.id) t.interfaces);
    running

  (* {2 As in 2013} *)

  (* [register] on the interfaces with that address; undone when cancelled. *)
  let while_waiting interfaces ~register ~unregister =
    List.iter register interfaces;
    let forever, _ = Lwt.task () in
    Lwt.on_cancel forever (fun () -> List.iter unregister interfaces);
    forever

  let listen_flows t (address, port) f =
    while_waiting (with_address t address)
      ~register:(fun i ->
        listen_tcpv4 i ~port (fun flow -> f (Tcpv4.get_dest flow) flow))
      ~unregister:(fun i -> Hashtbl.remove i.tcp_listeners port)

  (* The interface on whose network [ip] is, or one with a gateway. *)
  let towards t ip =
    let is_neighbour i =
      match
        Ipv4_route.next_hop ~own:(Ipv4.get_ipv4 i.ipv4)
          ~netmask:(Ipv4.get_ipv4_netmask i.ipv4)
          ~gateways:[] ip
      with
      | Own | Neighbour _ -> true
      | Link _ | Gateways _ -> false
    in
    let has_gateway i = Ipv4.get_ipv4_gateways i.ipv4 <> [] in
    match List.find_opt is_neighbour t.interfaces with
    | Some i -> Some i
    | None -> List.find_opt has_gateway t.interfaces

  let source t src dst =
    match src with
    | Some (Some ip, _) -> List.nth_opt (with_address t (Some ip)) 0
    | Some (None, _) | None -> towards t dst

  let refuse reason = Lwt.fail (Buffered.Failed reason)

  let connect_flow t src (ip, port) f =
    match source t src ip with
    | None -> refuse "no interface leads there"
    | Some i -> (
      Tcpv4.create_connection i.tcpv4 (ip, port) >>= function
      | `Ok flow -> f flow
      | `Error `Refused -> refuse "connection refused"
      | `Error `Timeout -> refuse "connection timed out"
      | `Error (`Unknown reason) -> refuse reason)

  module Flow = struct
    type t = Tcpv4.flow

    let read flow =
      Tcpv4.read flow >|= function `Ok data -> Some data | `Eof | `Error _ -> None

    let write = Tcpv4.write
    let writev = Tcpv4.writev
    let close = Tcpv4.close
    let listen mgr (`TCPv4 (src, f)) = listen_flows mgr src f
    let connect mgr (`TCPv4 (src, dst, f)) = connect_flow mgr src dst f
  end

  module Datagram = struct
    module UDPv4 = struct
      let recv mgr (address, port) f =
        while_waiting (with_address mgr address)
          ~register:(fun i ->
            listen_udpv4 i ~port (fun ~src ~dst:_ ~src_port data ->
                f (src, src_port) data))
          ~unregister:(fun i -> Hashtbl.remove i.udp_listeners port)

      let send mgr ?src (dest_ip, dest_port) data =
        let source_port =
          match src with Some (_, port) when port > 0 -> Some port | _ -> None
        in
        match source mgr src dest_ip with
        | None -> refuse "no interface leads there"
        | Some i -> Udpv4.write ?source_port ~dest_ip ~dest_port i.udpv4 data
    end
  end

  module Channel = struct
    include Buffered.Make (Tcpv4)

    let listen mgr (`TCPv4 (src, f)) =
      listen_flows mgr src (fun dst flow -> f dst (create flow))

    let connect mgr (`TCPv4 (src, dst, f)) =
      connect_flow mgr src dst (fun flow -> f (create flow))
  end
end
