(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

exception No_route of Ipaddr.V4.t

let mtu = Ipv4_mtu.default
let headers_length = Ethernet_wire.length + Ipv4_wire.length
let frame_length = Ethernet_wire.length + mtu

(* The loopback holds back what its own input has not taken yet. *)
let max_looping = 256

module Make (E : V1_LWT.ETHIF) = struct
  type +'a io = 'a Lwt.t
  type buffer = Cstruct.t
  type ethif = E.t
  type ipv4addr = Ipaddr.V4.t
  type error = [ `Unknown of string | `Unimplemented ]
  type callback = src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

  type handlers = {
    tcp : callback;
    udp : callback;
    default : proto:int -> callback;
  }

  type t = {
    ethif : E.t;
    frames : Frame_pool.t;
    reassembly : Ipv4_reassembly.t;
    mutable sweeping : bool;
    mutable own : Ipaddr.V4.t;
    mutable netmask : Ipaddr.V4.t;
    mutable gateways : Ipaddr.V4.t list;
    mutable live_gateways : Ipaddr.V4.t list;
        (** the same, those that answered last first *)
    mutable next_id : int;
    mutable handlers : handlers option;  (** those of the last [input] *)
    mutable looping : int;
  }

  let connect ethif =
    Net_offload.accept (E.mac ethif);
    Lwt.return
      (`Ok
        {
          ethif;
          frames = Frame_pool.create ~slots:64 ~size:1536;
          reassembly =
            Ipv4_reassembly.create ~max_datagrams:64 ~max_octets:0x100000;
          sweeping = false;
          own = Ipaddr.V4.any;
          netmask = Ipaddr.V4.any;
          gateways = [];
          live_gateways = [];
          next_id = Hashtbl.hash (Macaddr.to_octets (E.mac ethif));
          handlers = None;
          looping = 0;
        })

  let disconnect _ = Lwt.return_unit
  let id t = t.ethif
  let get_ipv4 t = t.own
  let get_ipv4_netmask t = t.netmask
  let get_ipv4_gateways t = t.gateways

  let set_ipv4 t ip =
    if Ipv4_address.equal ip t.own then Lwt.return_unit
    else begin
      t.own <- ip;
      E.add_ipv4 t.ethif Ipaddr.V4.any >>= fun () ->
      if Ipv4_address.is_any ip then Lwt.return_unit
      else E.add_ipv4 t.ethif ip
    end

  let set_ipv4_netmask t netmask =
    t.netmask <- netmask;
    Lwt.return_unit

  let set_ipv4_gateways t gateways =
    t.gateways <- gateways;
    t.live_gateways <- gateways;
    Lwt.return_unit

  let rec first_answering t dest_ip = function
    | [] ->
      Count.(one Ip4.out_no_routes);
      Lwt.fail (No_route dest_ip)
    | [ gateway ] -> E.query_arpv4 t.ethif gateway
    | gateway :: others ->
      Lwt.catch
        (fun () -> E.query_arpv4 t.ethif gateway)
        (fun _ ->
          t.live_gateways <- others @ [ gateway ];
          first_answering t dest_ip others)

  let link_address t dest_ip =
    match
      Ipv4_route.next_hop ~own:t.own ~netmask:t.netmask ~gateways:t.live_gateways
        dest_ip
    with
    | Own -> Lwt.return (E.mac t.ethif)
    | Link mac -> Lwt.return mac
    | Neighbour ip -> E.query_arpv4 t.ethif ip
    | Gateways gateways -> first_answering t dest_ip gateways

  let frame_to t ~proto ~dont_fragment ~dest_ip mac =
    let frame = Cstruct.sub (Frame_pool.take t.frames) 0 frame_length in
    Ethernet_wire.write frame ~dst:mac ~src:(E.mac t.ethif)
      Ethernet_wire.ethertype_ipv4;
    Ipv4_wire.write
      (Cstruct.shift frame Ethernet_wire.length)
      ~src:t.own ~dst:dest_ip ~proto ~dont_fragment;
    (frame, headers_length)

  let allocate_frame ~proto ~dest_ip t =
    let proto, dont_fragment =
      match proto with
      | `ICMP -> (Ipv4_wire.proto_icmp, false)
      | `TCP -> (Ipv4_wire.proto_tcp, true)
      | `UDP -> (Ipv4_wire.proto_udp, false)
    in
    link_address t dest_ip >|= frame_to t ~proto ~dont_fragment ~dest_ip

  let fresh_id t =
    t.next_id <- t.next_id + 1;
    t.next_id land 0xffff

  let send_whole t frame parts length =
    let ip = Cstruct.shift frame Ethernet_wire.length in
    Ipv4_wire.complete ip ~id:(fresh_id t) ~total_length:length;
    Count.(one Ip4.out_requests);
    E.writev t.ethif (frame :: parts)

  let send_fragments t frame parts =
    let header = Cstruct.sub frame 0 headers_length in
    let id = fresh_id t in
    Count.(one Ip4.out_requests);
    Count.(one Ip4.fragmented);
    let chunk = (Ipv4_mtu.get t.own - Ipv4_wire.length) land lnot 7 in
    let rec go offset parts =
      let data, rest = Parts.cut chunk parts in
      let more = rest <> [] in
      let fragment = Cstruct.append header Cstruct.empty in
      let ip = Cstruct.shift fragment Ethernet_wire.length in
      Ipv4_wire.set_fragment ip ~offset ~more;
      Ipv4_wire.complete ip ~id
        ~total_length:(Ipv4_wire.length + Cstruct.lenv data);
      Count.(one Ip4.fragments);
      E.writev t.ethif (fragment :: data) >>= fun () ->
      if more then go (offset + chunk) rest else Lwt.return_unit
    in
    let transport = Cstruct.shift frame headers_length in
    go 0 (List.filter (fun p -> Cstruct.length p > 0) (transport :: parts))

  let dispatch t handlers ~proto ~src ~dst payload ~icmp =
    if proto = Ipv4_wire.proto_tcp then handlers.tcp ~src ~dst payload
    else if proto = Ipv4_wire.proto_udp then handlers.udp ~src ~dst payload
    else if proto = Ipv4_wire.proto_icmp then begin
      Count.(one icmp_in);
      Icmpv4.input (icmp t) ~own:t.own ~src ~dst payload >>= fun () ->
      handlers.default ~proto ~src ~dst payload
    end
    else handlers.default ~proto ~src ~dst payload

  let rec writev t frame parts =
    let frame = Frame_pool.claim t.frames frame in
    let length =
      Cstruct.length frame - Ethernet_wire.length + Cstruct.lenv parts
    in
    let ip = Cstruct.shift frame Ethernet_wire.length in
    let sent =
      if length > 65535 then
        Lwt.fail (Invalid_argument "Ipv4.writev: longer than 65535 octets")
      else if Ipv4_address.equal (Ipv4_wire.get_dst ip) t.own then begin
        loop t frame parts;
        Lwt.return_unit
      end
      else if length <= Ipv4_mtu.get t.own || Ipv4_wire.get_dont_fragment ip then
        send_whole t frame parts length
      else send_fragments t frame parts
    in
    match Lwt.state sent with
    | Lwt.Return () ->
      Frame_pool.release t.frames frame;
      sent
    | Lwt.Fail _ | Lwt.Sleep ->
      Lwt.finalize
        (fun () -> sent)
        (fun () ->
          Frame_pool.release t.frames frame;
          Lwt.return_unit)

  and loop t frame parts =
    match t.handlers with
    | Some handlers when t.looping < max_looping ->
      let payload = Cstruct.concat (Cstruct.shift frame headers_length :: parts) in
      let proto = Cstruct.get_uint8 frame (Ethernet_wire.length + 9) in
      let own = t.own in
      t.looping <- t.looping + 1;
      Background.run "loopback" (fun () ->
          Lwt.pause () >>= fun () ->
          t.looping <- t.looping - 1;
          dispatch t handlers ~proto ~src:own ~dst:own payload ~icmp:send_icmp)
    | Some _ | None -> ()

  and send_icmp t ~dst write payload =
    Lwt.catch
      (fun () ->
        allocate_frame ~proto:`ICMP ~dest_ip:dst t >>= fun (frame, header) ->
        write (Cstruct.sub frame header Icmpv4_wire.header_length);
        writev t
          (Cstruct.sub frame 0 (header + Icmpv4_wire.header_length))
          [ payload ])
      (function
        | Arpv4.No_answer _ | No_route _ -> Lwt.return_unit
        | exn -> Lwt.fail exn)

  let write t frame payload = writev t frame [ payload ]

  let rec sweep t =
    Net_time.sleep Ipv4_reassembly.tick_period >>= fun () ->
    Ipv4_reassembly.tick t.reassembly;
    if Ipv4_reassembly.is_empty t.reassembly then begin
      t.sweeping <- false;
      Lwt.return_unit
    end
    else sweep t

  let reassemble t (datagram : Ipv4_wire.t) =
    if datagram.more_fragments || datagram.fragment_offset > 0 then begin
      let whole = Ipv4_reassembly.insert t.reassembly datagram in
      Count.(one Ip4.reassembly_required);
      if Option.is_some whole then Count.(one Ip4.reassembly_done);
      if not (t.sweeping || Ipv4_reassembly.is_empty t.reassembly) then begin
        t.sweeping <- true;
        Background.run "reassembly" (fun () -> sweep t)
      end;
      whole
    end
    else Some datagram.payload

  let is_for_us t (datagram : Ipv4_wire.t) =
    if Ipv4_address.is_any t.own then
      datagram.proto = Ipv4_wire.proto_udp
    else
      Ipv4_route.accepts ~own:t.own ~netmask:t.netmask datagram.dst
      && not (Ipv4_address.equal datagram.src t.own)

  let take t handlers buf =
    Count.(one Ip4.in_receives);
    match Ipv4_wire.parse buf with
    | Some datagram
      when is_for_us t datagram
           && Ipv4_route.is_sender ~own:t.own ~netmask:t.netmask datagram.src -> (
      match reassemble t datagram with
      | None -> Lwt.return_unit
      | Some payload ->
        Count.(one Ip4.in_delivers);
        dispatch t handlers ~proto:datagram.proto ~src:datagram.src
          ~dst:datagram.dst payload ~icmp:send_icmp)
    | Some _ ->
      Count.(one Ip4.in_address_errors);
      Lwt.return_unit
    | None ->
      Count.(one Ip4.in_header_errors);
      Lwt.return_unit

  (* Applied to all but the datagram it tells the loopback whom to serve. *)
  let input ~tcp ~udp ~default t =
    let handlers = { tcp; udp; default } in
    t.handlers <- Some handlers;
    take t handlers
end
