(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

exception No_route of Ipaddr.V6.t
exception No_answer of Ipaddr.V6.t

module type S = sig
  include V1_LWT.IPV6

  val on_address : t -> (Ipaddr.V6.t -> unit) -> unit
  val on_other_information : t -> (unit -> unit) -> unit
end

let headers_length = Ethernet_wire.length + Ipv6_wire.length
let frame_length = Ethernet_wire.length + 1500

(* The loopback holds back what its own input has not taken yet. *)
let max_looping = 256

(* RFC 4443, section 2.4 f. *)
let errors_per_second = 100

(* What is quoted in an error message, so that it fits everywhere (RFC 4443, section 2.4 c). *)
let max_quoted = Ipv6_wire.min_mtu - Ipv6_wire.length - Icmpv6_wire.header_length

(* Neighbours talk with this hop limit, so that nobody behind a router can (RFC 4861). *)
let link_hop_limit = 255

(* RFC 2711, for messages that routers are to look at: ICMPv6 follows, router alert, padding. *)
let alert = "\058\000\005\002\000\000\001\000"

module Make (E : V1_LWT.ETHIF) (Time : V1_LWT.TIME) (Clock : V1.CLOCK) = struct
  let () = Net_time.install Time.sleep

  type +'a io = 'a Lwt.t
  type buffer = Cstruct.t
  type ethif = E.t
  type ipv6addr = Ipaddr.V6.t
  type error = [ `Unknown of string | `Unimplemented ]
  type callback = src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> Cstruct.t -> unit Lwt.t

  type handlers = {
    tcp : callback;
    udp : callback;
    default : (proto:int -> callback) option;
  }

  (* What fragments of one datagram have in common. *)
  type key = { key_src : string; key_dst : string; id : int32 }

  type t = {
    ethif : E.t;
    frames : Frame_pool.t;
    clock : Monotonic.t;
    host : Ipv6_host.t;
    neighbours : (Macaddr.t, exn) result Lwt.u Neighbours.t;
    listeners : Listeners.t;
    paths : Path_mtu.t;
    reassembly : key Reassembly.t;
    errors : Rate_limit.t;
    mutable sweeping : bool;
    mutable alarm : Alarm.t option;
    mutable handlers : handlers option;  (** those of the last [input] *)
    mutable looping : int;
    mutable notify : Ipaddr.V6.t -> unit;
    mutable ask_dhcp : unit -> unit;
  }

  let now t = Monotonic.now t.clock *. 1e-6
  let mac t = E.mac t.ethif
  let id t = t.ethif
  let get_mtu t = Ipv6_host.mtu t.host
  let on_address t notify = t.notify <- notify
  let on_other_information t f = t.ask_dhcp <- f

  (* {2 Addresses} *)

  let usable t =
    List.filter_map
      (fun (ip, standing) ->
        match (standing : Ipv6_host.standing) with
        | Tentative -> None
        | Preferred -> Some (ip, false)
        | Deprecated -> Some (ip, true))
      (Ipv6_host.addresses t.host)

  let get_ipv6 t = List.map fst (usable t)

  let get_source t dst =
    if Ipv6_host.owns t.host dst then Some dst else Ipv6_source.choose (usable t) dst

  (* {2 Sending without a question before it} *)

  let write_headers t frame ~mac:dst_mac ~src ~dst ~proto ~hop_limit =
    Ethernet_wire.write frame ~dst:dst_mac ~src:(mac t) Ethernet_wire.ethertype_ipv6;
    Ipv6_wire.write (Cstruct.shift frame Ethernet_wire.length) ~src ~dst ~proto ~hop_limit

  (* [fill buf ~addresses] writes a message of at most [room] octets and gives its length.
     What cannot be sent is as good as lost on the way. *)
  let emit ?(alerting = false) t ~mac ~src ~dst ~room fill =
    let options = if alerting then String.length alert else 0 in
    let frame = Cstruct.create (headers_length + options + room) in
    let proto = if alerting then 0 else Ipv6_wire.proto_icmp in
    let hop_limit = if alerting then 1 else link_hop_limit in
    write_headers t frame ~mac ~src ~dst ~proto ~hop_limit;
    Cstruct.blit_from_string alert 0 frame headers_length options;
    let message = Cstruct.shift frame (headers_length + options) in
    let length = fill message ~addresses:(Inet_checksum.addresses6 ~src ~dst) in
    Ipv6_wire.complete
      (Cstruct.shift frame Ethernet_wire.length)
      ~payload_length:(options + length);
    Count.(one icmp6_out);
    Count.(one Ip6.out_requests);
    Background.run "ipv6" (fun () ->
        Lwt.catch
          (fun () ->
            E.write t.ethif (Cstruct.sub frame 0 (headers_length + options + length)))
          (fun _ -> Lwt.return_unit))

  let to_group ?alerting t ~src ~dst ~room fill =
    emit ?alerting t ~mac:(Ipv6_address.multicast_mac dst) ~src ~dst ~room fill

  let solicit t ip =
    match get_source t ip with
    | None -> ()
    | Some src ->
      to_group t ~src ~dst:(Ipv6_address.solicited_node ip) ~room:32
        (Icmpv6_wire.write_neighbour_solicitation ~target:ip ~mac:(Some (mac t)))

  let probe t ip neighbour =
    match get_source t ip with
    | None -> ()
    | Some src ->
      emit t ~mac:neighbour ~src ~dst:ip ~room:32
        (Icmpv6_wire.write_neighbour_solicitation ~target:ip ~mac:(Some (mac t)))

  let link_local t =
    let found = List.find_opt Ipv6_address.is_link_local (get_ipv6 t) in
    Option.value found ~default:Ipv6_address.unspecified

  let solicit_routers t =
    let src = link_local t in
    let own = if Ipv6_address.is_unspecified src then None else Some (mac t) in
    to_group t ~src ~dst:Ipv6_address.all_routers ~room:16
      (Icmpv6_wire.write_router_solicitation ~mac:own)

  let report t (action : Listeners.action) =
    let src = link_local t in
    match action with
    | Report (listening, groups) ->
      to_group ~alerting:true t ~src ~dst:Ipv6_address.all_mld_routers
        ~room:(8 + (20 * List.length groups))
        (fun buf ~addresses -> Icmpv6_wire.write_report buf ~addresses listening groups)
    | Report_v1 group ->
      to_group ~alerting:true t ~src ~dst:group ~room:24 (fun buf ~addresses ->
          Icmpv6_wire.write_report_v1 buf ~addresses group)

  (* {2 What is due} *)

  let tell_names t ~servers ~domains =
    Name_service.tell
      ~source:("router " ^ Macaddr.to_string (mac t))
      { servers = List.map (fun ip -> Ipaddr.V6 ip) servers; domains }

  let perform t (action : Ipv6_host.action) =
    match action with
    | Solicit ip ->
      to_group t ~src:Ipv6_address.unspecified ~dst:(Ipv6_address.solicited_node ip)
        ~room:24
        (Icmpv6_wire.write_neighbour_solicitation ~target:ip ~mac:None)
    | Solicit_routers -> solicit_routers t
    | Join group -> List.iter (report t) (Listeners.join t.listeners ~now:(now t) group)
    | Leave group -> List.iter (report t) (Listeners.leave t.listeners group)
    | Assigned ip -> t.notify ip
    | Withdrawn _ -> ()
    | Duplicate ip ->
      Printf.eprintf "ipv6: somebody else has the address %s\n%!" (Ipaddr.V6.to_string ip)
    | Ask_dhcp -> t.ask_dhcp ()
    | Names { servers; domains } -> tell_names t ~servers ~domains

  let attend t (action : _ Neighbours.action) =
    match action with
    | Ask ip -> solicit t ip
    | Probe (ip, neighbour) -> probe t ip neighbour
    | Lost (ip, waiting) ->
      List.iter (fun w -> Lwt.wakeup_later w (Error (No_answer ip))) waiting

  let schedule t =
    let at =
      Float.min
        (Ipv6_host.next t.host)
        (Float.min (Neighbours.next t.neighbours) (Listeners.next t.listeners))
    in
    if at < infinity then
      Option.iter (fun alarm -> Alarm.set alarm (Float.ceil (at *. 1e6))) t.alarm

  let proceed t actions =
    List.iter (perform t) actions;
    schedule t

  let on_alarm t () =
    let now = now t in
    List.iter (report t) (Listeners.tick t.listeners ~now);
    List.iter (attend t) (Neighbours.tick t.neighbours ~now);
    proceed t (Ipv6_host.tick t.host ~now)

  let add_ipv6 t ip ~length =
    if not (Ipv6_address.is_host ip && length >= 0 && length <= 128) then
      Lwt.fail (Invalid_argument ("Ipv6.add_ipv6: " ^ Ipaddr.V6.to_string ip))
    else begin
      proceed t (Ipv6_host.add t.host ~now:(now t) ip ~length);
      Lwt.return_unit
    end

  let remove_ipv6 t ip =
    proceed t (Ipv6_host.remove t.host ip);
    Lwt.return_unit

  let use_slaac t =
    Ipv6_host.use_slaac t.host ~now:(now t);
    schedule t;
    Lwt.return_unit

  let set_ipv6_gateways t gateways =
    Ipv6_host.set_gateways t.host gateways;
    Lwt.return_unit

  let get_ipv6_gateways t = Ipv6_host.gateways t.host

  let random () = float_of_int (Unpredictable.below 0x10000) /. 65536.

  let connect ethif =
    Net_offload.accept (E.mac ethif);
    let clock = Monotonic.create Clock.time in
    let t =
      {
        ethif;
        frames = Frame_pool.create ~slots:64 ~size:1536;
        clock;
        host = Ipv6_host.create ~mac:(E.mac ethif) ~secret:"" ~random;
        neighbours = Neighbours.create ();
        listeners = Listeners.create ~random;
        paths = Path_mtu.create ();
        reassembly = Reassembly.create ~max_datagrams:64 ~max_octets:0x100000;
        errors = Rate_limit.create ~per_second:errors_per_second;
        sweeping = false;
        alarm = None;
        handlers = None;
        looping = 0;
        notify = ignore;
        ask_dhcp = ignore;
      }
    in
    t.alarm <- Some (Alarm.create ~sleep:Time.sleep ~clock (on_alarm t));
    proceed t (Ipv6_host.start t.host ~now:(now t));
    Lwt.return (`Ok t)

  let disconnect t =
    t.alarm <- None;
    tell_names t ~servers:[] ~domains:[];
    Lwt.return_unit

  (* {2 Sending} *)

  let neighbour t ip =
    let now = now t in
    match Neighbours.find t.neighbours ~now ip with
    | Known mac -> Lwt.return mac
    | Doubtful mac ->
      schedule t;
      Lwt.return mac
    | Unknown -> (
      let promise, waiter = Lwt.wait () in
      let answer () =
        promise >>= function Ok mac -> Lwt.return mac | Error exn -> Lwt.fail exn
      in
      match Neighbours.wait t.neighbours ~now ip waiter with
      | `Full -> Lwt.fail (No_answer ip)
      | `Asked -> answer ()
      | `Ask ->
        solicit t ip;
        schedule t;
        answer ())

  let rec first_answering t dst = function
    | [] ->
      Count.(one Ip6.out_no_routes);
      Lwt.fail (No_route dst)
    | [ gateway ] -> neighbour t gateway
    | gateway :: others ->
      Lwt.catch
        (fun () -> neighbour t gateway)
        (fun _ ->
          Ipv6_host.demote t.host gateway;
          first_answering t dst others)

  let link_address t dst =
    if Ipv6_address.is_multicast dst then Lwt.return (Ipv6_address.multicast_mac dst)
    else if Ipv6_host.owns t.host dst then Lwt.return (mac t)
    else if Ipv6_host.is_on_link t.host dst then neighbour t dst
    else first_answering t dst (Ipv6_host.gateways t.host)

  let allocate t ~src ~proto ~dst =
    let frame_to mac =
      let frame = Cstruct.sub (Frame_pool.take t.frames) 0 frame_length in
      write_headers t frame ~mac ~src ~dst ~proto ~hop_limit:(Ipv6_host.hop_limit t.host);
      (frame, headers_length)
    in
    link_address t dst >|= frame_to

  let allocate_frame ?src ~proto ~dest_ip t =
    let proto =
      match proto with
      | `ICMP -> Ipv6_wire.proto_icmp
      | `TCP -> Ipv4_wire.proto_tcp
      | `UDP -> Ipv4_wire.proto_udp
    in
    match (match src with Some _ -> src | None -> get_source t dest_ip) with
    | Some src -> allocate t ~src ~proto ~dst:dest_ip
    | None -> Lwt.fail (No_route dest_ip)

  (* What TCP sent in segments for a wider path: it is told, as a router would. *)
  let tell_too_big ip ~mtu =
    let transport = Cstruct.append (Cstruct.shift ip Ipv6_wire.length) Cstruct.empty in
    Ip_error.report
      {
        reason = Too_big (mtu - Ipv6_wire.length);
        src = V6 (Ipv6_wire.get_src ip);
        dst = V6 (Ipv6_wire.get_dst ip);
        proto = Ipv6_wire.get_proto ip;
        transport;
      }

  let send_fragments t frame parts ~mtu =
    let ip = Cstruct.shift frame Ethernet_wire.length in
    let proto = Ipv6_wire.get_proto ip in
    if proto = Ipv4_wire.proto_tcp then tell_too_big ip ~mtu;
    Count.(one Ip6.fragmented);
    let id = String.get_int32_be (Unpredictable.octets 4) 0 in
    let chunk = (mtu - Ipv6_wire.length - Ipv6_wire.fragment_length) land lnot 7 in
    let rec go offset parts =
      let data, rest = Parts.cut chunk parts in
      let more = rest <> [] in
      let head = Cstruct.create (headers_length + Ipv6_wire.fragment_length) in
      Cstruct.blit frame 0 head 0 headers_length;
      let ip = Cstruct.shift head Ethernet_wire.length in
      Ipv6_wire.set_proto ip Ipv6_wire.proto_fragment;
      Ipv6_wire.write_fragment
        (Cstruct.shift head headers_length)
        ~proto ~id ~offset ~more;
      Ipv6_wire.complete ip
        ~payload_length:(Ipv6_wire.fragment_length + Cstruct.lenv data);
      Count.(one Ip6.fragments);
      E.writev t.ethif (head :: data) >>= fun () ->
      if more then go (offset + chunk) rest else Lwt.return_unit
    in
    let transport = Cstruct.shift frame headers_length in
    go 0 (List.filter (fun p -> Cstruct.length p > 0) (transport :: parts))

  let rec writev t frame parts =
    let frame = Frame_pool.claim t.frames frame in
    let payload_length = Cstruct.length frame - headers_length + Cstruct.lenv parts in
    let ip = Cstruct.shift frame Ethernet_wire.length in
    let dst = Ipv6_wire.get_dst ip in
    let mtu () = Path_mtu.get t.paths ~now:(now t) dst ~link:(get_mtu t) in
    let sent =
      if payload_length > 65535 then
        Lwt.fail (Invalid_argument "Ipv6.writev: longer than 65535 octets")
      else if Ipv6_host.owns t.host dst then begin
        loop t frame parts;
        Lwt.return_unit
      end
      else
        let length = Ipv6_wire.length + payload_length in
        let mtu = mtu () in
        Count.(one Ip6.out_requests);
        (* What the interface is to cut is cut to TCP's measure. *)
        if length <= mtu || Net_offload.segment_size (frame :: parts) > 0 then begin
          Ipv6_wire.complete ip ~payload_length;
          E.writev t.ethif (frame :: parts)
        end
        else send_fragments t frame parts ~mtu
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
      let ip = Cstruct.shift frame Ethernet_wire.length in
      let src = Ipv6_wire.get_src ip and dst = Ipv6_wire.get_dst ip in
      let proto = Ipv6_wire.get_proto ip in
      let payload = Cstruct.concat (Cstruct.shift frame headers_length :: parts) in
      t.looping <- t.looping + 1;
      Background.run "loopback" (fun () ->
          Lwt.pause () >>= fun () ->
          t.looping <- t.looping - 1;
          deliver t handlers ~src ~dst ~hop_limit:0 ~proto ~fault:(fun () -> Lwt.return_unit)
            payload)
    | Some _ | None -> ()

  and send_message t ~src ~dst fill payload =
    Lwt.catch
      (fun () ->
        allocate t ~src ~proto:Ipv6_wire.proto_icmp ~dst >>= fun (frame, header) ->
        let message = Cstruct.sub frame header Icmpv6_wire.header_length in
        let length =
          fill message ~addresses:(Inet_checksum.addresses6 ~src ~dst) payload
        in
        Count.(one icmp6_out);
        writev t (Cstruct.sub frame 0 (header + length)) [ payload ])
      (function
        | No_answer _ | No_route _ -> Lwt.return_unit
        | exn -> Lwt.fail exn)

  (* {2 ICMPv6} *)

  and neighbour_asked t ~src ~dst ~target mac_of_src =
    let is_probe = Ipv6_address.is_unspecified src in
    let is_fine =
      (not (Ipv6_address.is_multicast target))
      && ((not is_probe) || (Ipv6_address.is_multicast dst && mac_of_src = None))
    in
    if is_fine then
      if Ipv6_host.is_tentative t.host target then begin
        if is_probe then proceed t (Ipv6_host.claimed t.host ~now:(now t) target)
      end
      else if Ipv6_host.owns t.host target then begin
        let reply ~mac:to_ ~dst ~solicited =
          emit t ~mac:to_ ~src:target ~dst ~room:32
            (Icmpv6_wire.write_neighbour_advertisement ~solicited ~override:true ~target
               ~mac:(mac t))
        in
        if is_probe then
          reply
            ~mac:(Ipv6_address.multicast_mac Ipv6_address.all_nodes)
            ~dst:Ipv6_address.all_nodes ~solicited:false
        else begin
          Option.iter (learn t src) mac_of_src;
          match Neighbours.find t.neighbours ~now:(now t) src with
          | Known mac | Doubtful mac -> reply ~mac ~dst:src ~solicited:true
          | Unknown -> ()
        end
      end

  and learn t ip mac =
    let waiting = Neighbours.speaks t.neighbours ~now:(now t) ip mac in
    List.iter (fun w -> Lwt.wakeup_later w (Ok mac)) waiting;
    schedule t

  and neighbour_said t ~dst ~target ~solicited ~override mac =
    let is_fine =
      (not (Ipv6_address.is_multicast target))
      && not (solicited && Ipv6_address.is_multicast dst)
    in
    if is_fine then begin
      proceed t (Ipv6_host.claimed t.host ~now:(now t) target);
      match
        Neighbours.advertises t.neighbours ~now:(now t) target ~solicited ~override mac
      with
      | Some (waiting, mac) -> List.iter (fun w -> Lwt.wakeup_later w (Ok mac)) waiting
      | None -> ()
    end

  and router_said t ~src (a : Icmpv6_wire.advertisement) =
    if Ipv6_address.is_link_local src then begin
      Option.iter (learn t src) a.mac;
      proceed t (Ipv6_host.advertised t.host ~now:(now t) ~router:src a);
      Option.iter (Neighbours.set_reachable_time t.neighbours)
        (Ipv6_host.reachable_time t.host)
    end

  and error_came t (error : Icmpv6_wire.error) quoted =
    match Ipv6_wire.parse_quoted quoted with
    | Some (src, dst, proto, transport) when Ipv6_host.owns t.host src ->
      let reason : Ip_error.reason =
        match error with
        | Too_big mtu ->
          Path_mtu.reduce t.paths ~now:(now t) dst mtu;
          Too_big (Int.max mtu Ipv6_wire.min_mtu - Ipv6_wire.length)
        | Unreachable 4 | Parameter { code = 1; _ } -> Refused
        | Unreachable _ | Time_exceeded _ | Parameter _ -> No_way
      in
      Ip_error.report { reason; src = V6 src; dst = V6 dst; proto; transport }
    | Some _ | None -> ()

  and take_message t ~src ~dst ~hop_limit message =
    Count.(one icmp6_in);
    let from_link = hop_limit = link_hop_limit in
    let is_discovery =
      Cstruct.length message > 0
      && Icmpv6_wire.is_discovery_type (Cstruct.get_uint8 message 0)
    in
    let addresses = Inet_checksum.addresses6 ~src ~dst in
    if is_discovery && not from_link then Lwt.return_unit
    else
      match Icmpv6_wire.parse ~addresses message with
      | Some (Echo_request { id; sequence; data })
        when Ipv6_host.owns t.host dst && not (Ipv6_address.is_unspecified src) ->
        send_message t ~src:dst ~dst:src
          (fun buf ~addresses data ->
            Icmpv6_wire.write_echo_reply buf ~addresses ~id ~sequence data)
          data
      | Some message ->
        (match message with
         | Neighbour_solicitation { target; mac } -> neighbour_asked t ~src ~dst ~target mac
         | Neighbour_advertisement { target; solicited; override; mac; _ } ->
           neighbour_said t ~dst ~target ~solicited ~override mac
         | Router_advertisement a -> router_said t ~src a
         | Error (error, quoted) -> error_came t error quoted
         | Query { group; delay; version } when Ipv6_address.is_link_local src ->
           Listeners.queried t.listeners ~now:(now t) ~group ~delay ~version;
           schedule t
         | Query _ | Echo_request _ | Echo_reply _ | Router_solicitation _ | Redirect _
         | Unhandled _ ->
           ());
        Lwt.return_unit
      | None -> Lwt.return_unit

  and deliver t handlers ~src ~dst ~hop_limit ~proto ~fault payload =
    Count.(one Ip6.in_delivers);
    let to_one = not (Ipv6_address.is_multicast dst) in
    let from_one = not (Ipv6_address.is_unspecified src) in
    if proto = Ipv4_wire.proto_tcp then
      if to_one && from_one then handlers.tcp ~src ~dst payload else Lwt.return_unit
    else if proto = Ipv4_wire.proto_udp then
      if from_one then handlers.udp ~src ~dst payload else Lwt.return_unit
    else if proto = Ipv6_wire.proto_icmp then
      take_message t ~src ~dst ~hop_limit payload >>= fun () ->
      match handlers.default with
      | Some default -> default ~proto ~src ~dst payload
      | None -> Lwt.return_unit
    else if proto = Ipv6_wire.proto_none then Lwt.return_unit
    else
      match handlers.default with
      | Some default -> default ~proto ~src ~dst payload
      | None -> fault ()

  (* {2 Receiving} *)

  (* RFC 4443, section 2.4 e. *)
  let may_complain t ~src ~dst ~of_group datagram =
    let about_error =
      match Ipv6_wire.parse_quoted datagram with
      | Some (_, _, proto, payload) ->
        proto = Ipv6_wire.proto_icmp
        && Cstruct.length payload > 0
        && Icmpv6_wire.is_error_type (Cstruct.get_uint8 payload 0)
      | None -> false
    in
    Ipv6_address.is_host src
    && (of_group || Ipv6_host.owns t.host dst)
    && (not about_error)
    && Rate_limit.allows t.errors ~now:(Monotonic.now t.clock)

  let complain t ~src ~dst ~of_group error datagram =
    if may_complain t ~src ~dst ~of_group datagram then
      match get_source t src with
      | Some own ->
        let own = if Ipv6_host.owns t.host dst then dst else own in
        let quoted = Cstruct.sub datagram 0 (Int.min max_quoted (Cstruct.length datagram)) in
        let quoted = Cstruct.append quoted Cstruct.empty in
        send_message t ~src:own ~dst:src
          (fun buf ~addresses data -> Icmpv6_wire.write_error buf ~addresses error data)
          quoted
      | None -> Lwt.return_unit
    else Lwt.return_unit

  let rec sweep t =
    Time.sleep Reassembly.tick_period >>= fun () ->
    Reassembly.tick t.reassembly;
    if Reassembly.is_empty t.reassembly then begin
      t.sweeping <- false;
      Lwt.return_unit
    end
    else sweep t

  let reassemble t ~src ~dst ~id ~proto ~offset ~more payload =
    let key =
      { key_src = Ipaddr.V6.to_octets src; key_dst = Ipaddr.V6.to_octets dst; id }
    in
    let whole = Reassembly.insert t.reassembly key ~offset ~more ~begins:proto payload in
    Count.(one Ip6.reassembly_required);
    if Option.is_some whole then Count.(one Ip6.reassembly_done);
    if not (t.sweeping || Reassembly.is_empty t.reassembly) then begin
      t.sweeping <- true;
      Background.run "reassembly" (fun () -> sweep t)
    end;
    whole

  (* Addresses in process of being tried get the questions about them alone. *)
  let is_for_us t dst =
    if Ipv6_address.is_multicast dst then Listeners.hears t.listeners dst
    else Ipv6_host.owns t.host dst

  let is_sender t src =
    Ipv6_address.is_unspecified src
    || (Ipv6_address.is_host src && not (Ipv6_host.owns t.host src))

  let take t handlers datagram =
    Count.(one Ip6.in_receives);
    match Ipv6_wire.parse datagram with
    | Error Silent ->
      Count.(one Ip6.in_header_errors);
      Lwt.return_unit
    | Error (Problem { code; pointer; of_group }) ->
      let src = Ipv6_wire.get_src datagram and dst = Ipv6_wire.get_dst datagram in
      Count.(one Ip6.in_header_errors);
      if is_for_us t dst then
        complain t ~src ~dst ~of_group (Parameter { code; pointer }) datagram
      else Lwt.return_unit
    | Ok { src; dst; hop_limit; content } when is_for_us t dst && is_sender t src -> (
      match content with
      | Whole { proto; pointer; payload } ->
        let fault () =
          complain t ~src ~dst ~of_group:false (Parameter { code = 1; pointer }) datagram
        in
        deliver t handlers ~src ~dst ~hop_limit ~proto ~fault payload
      | Fragment { proto; id; offset; more; payload } -> (
        match reassemble t ~src ~dst ~id ~proto ~offset ~more payload with
        | None -> Lwt.return_unit
        | Some (proto, whole) -> (
          match Ipv6_wire.parse_part ~proto whole with
          | Ok (Whole { proto; payload; _ }) ->
            (* Questions of neighbours never come in pieces (RFC 6980). *)
            deliver t handlers ~src ~dst ~hop_limit:0 ~proto
              ~fault:(fun () -> Lwt.return_unit)
              payload
          | Ok (Fragment _) | Error _ -> Lwt.return_unit)))
    | Ok _ ->
      Count.(one Ip6.in_address_errors);
      Lwt.return_unit

  let write t frame payload = writev t frame [ payload ]

  (* Applied to all but the datagram it tells the loopback whom to serve. *)
  let input ~tcp ~udp ?default t =
    let handlers = { tcp; udp; default } in
    t.handlers <- Some handlers;
    take t handlers
end
