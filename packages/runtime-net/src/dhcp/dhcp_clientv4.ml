(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let server_port = 67

module Make
    (C : V1_LWT.CONSOLE)
    (Time : V1_LWT.TIME)
    (Random : V1.RANDOM)
    (E : V1_LWT.ETHIF)
    (I : V1_LWT.IPV4 with type ethif = E.t)
    (U : V1_LWT.UDPV4 with type ipv4 = I.t) =
struct
  module Setting = Ipv4_setting.Make (I)

  let () = Net_time.install Time.sleep
  let port = 68

  type t = {
    console : C.t;
    ip : I.t;
    udp : U.t;
    on_lease : Dhcp_machine.lease -> unit;
    mutable machine : Dhcp_machine.t;
    mutable lease : Dhcp_machine.lease option;
    mutable generation : int;  (** a timeout of an earlier one means nothing *)
    is_bound : unit Lwt.t;
    set_bound : unit Lwt.u;
    mutable claims : Address_claims.subscription option;
    mutable defended : bool;  (** the address, a short while ago *)
  }

  let tell_names t names =
    let mac = Macaddr.to_string (E.mac (I.id t.ip)) in
    Name_service.tell ~source:("dhcp " ^ mac) names

  let configure t (lease : Dhcp_machine.lease) =
    let is_new = not (Ipv4_address.equal (I.get_ipv4 t.ip) lease.address) in
    t.lease <- Some lease;
    tell_names t
      {
        servers = List.map (fun ip -> Ipaddr.V4 ip) lease.name_servers;
        domains = lease.domains;
      };
    Ipv4_mtu.set lease.address (Option.value lease.mtu ~default:Ipv4_mtu.default);
    Setting.set t.ip lease.address ~netmask:lease.netmask ~gateways:lease.gateways
    >|= fun () ->
    if is_new then begin
      C.log t.console
        (Printf.sprintf "DHCP: address %s, netmask %s, gateway %s"
           (Ipaddr.V4.to_string lease.address)
           (Ipaddr.V4.to_string lease.netmask)
           (match lease.gateways with
            | gateway :: _ -> Ipaddr.V4.to_string gateway
            | [] -> "none"));
      t.on_lease lease
    end;
    if Lwt.is_sleeping t.is_bound then Lwt.wakeup_later t.set_bound ()

  (* RFC 5227, section 1.1. *)
  let defend_interval = 10.
  let no_mac = Macaddr.of_octets_exn "\000\000\000\000\000\000"

  let probe t target_ip =
    let ethif = I.id t.ip in
    E.write ethif
      (Arp_wire.frame ~dst:Macaddr.broadcast
         {
           operation = Request;
           sender_mac = E.mac ethif;
           sender_ip = Ipaddr.V4.any;
           target_mac = no_mac;
           target_ip;
         })

  let perform t (action : Dhcp_machine.action) =
    match action with
    | Probe ip -> probe t ip
    | Send { dst; request } ->
      U.write ~source_port:port ~dest_ip:dst ~dest_port:server_port t.udp
        (Dhcp_wire.write request)
    | Configure lease -> configure t lease
    | Deconfigure ->
      C.log t.console "DHCP: the address is lost, asking for another";
      t.lease <- None;
      tell_names t Name_service.none;
      I.set_ipv4 t.ip Ipaddr.V4.any

  let rec proceed t (machine, actions) =
    t.machine <- machine;
    t.generation <- t.generation + 1;
    let generation = t.generation in
    let wait = Dhcp_machine.wait machine in
    if wait < infinity then
      Background.run "dhcp" (fun () ->
          Time.sleep wait >>= fun () ->
          if t.generation = generation then proceed t (Dhcp_machine.timeout t.machine)
          else Lwt.return_unit);
    Lwt_list.iter_s (perform t) actions

  (* An address in use is defended once, by the layer of Ethernet; who claims it again soon
     after gets it (RFC 5227, section 2.4 b). *)
  let on_claim t (claim : Address_claims.claim) =
    let in_use = Ipv4_address.equal (I.get_ipv4 t.ip) claim.address in
    let give_up () =
      match Dhcp_machine.conflict t.machine claim.address with
      | None -> ()
      | Some change ->
        C.log t.console
          (Printf.sprintf "DHCP: %s has the address %s already"
             (Macaddr.to_string claim.by)
             (Ipaddr.V4.to_string claim.address));
        Background.run "dhcp" (fun () -> proceed t change)
    in
    if Macaddr.compare claim.seen_by (E.mac (I.id t.ip)) = 0 then
      if not in_use then give_up ()
      else if claim.tentative then ()
      else if t.defended then give_up ()
      else begin
        t.defended <- true;
        Background.run "dhcp" (fun () ->
            Time.sleep defend_interval >|= fun () -> t.defended <- false)
      end

  let begin_ ~on_lease console ip udp =
    let mac = E.mac (I.id ip) in
    let is_bound, set_bound = Lwt.wait () in
    let machine = Dhcp_machine.create ~mac ~random:Unpredictable.below in
    let t =
      { console; ip; udp; on_lease; machine; lease = None; generation = 0; is_bound; set_bound;
        claims = None; defended = false }
    in
    t.claims <- Some (Address_claims.subscribe (on_claim t));
    Background.run "dhcp" (fun () -> proceed t (Dhcp_machine.start machine));
    t

  let start ?(on_address = ignore) console ip udp =
    let on_lease (lease : Dhcp_machine.lease) = on_address lease.address in
    begin_ ~on_lease console ip udp

  type offer = {
    ip_addr : Ipaddr.V4.t;
    netmask : Ipaddr.V4.t option;
    gateways : Ipaddr.V4.t list;
    dns : Ipaddr.V4.t list;
    lease : int32;
    xid : int32;
  }

  (* RFC 2131, section 3.3: all bits are infinity. *)
  let seconds expiry =
    if expiry < Int32.to_float Int32.max_int then Int32.of_float expiry else -1l

  let offer (lease : Dhcp_machine.lease) =
    {
      ip_addr = lease.address;
      netmask = Some lease.netmask;
      gateways = lease.gateways;
      dns = lease.name_servers;
      lease = seconds lease.expiry;
      xid = 0l;
    }

  let create console ip udp =
    let offers, push = Lwt_stream.create () in
    let t = begin_ ~on_lease:(fun lease -> push (Some (offer lease))) console ip udp in
    (t, offers)

  let input t ~src:_ ~dst:_ ~src_port payload =
    if src_port <> server_port then Lwt.return_unit
    else
      match Option.bind (Dhcp_wire.parse payload) (Dhcp_machine.receive t.machine) with
      | None -> Lwt.return_unit
      | Some change -> proceed t change

  let listen t ~dst_port = if dst_port = port then Some (input t) else None
  let lease (t : t) = t.lease
  let bound t = t.is_bound
  let stop t =
    Option.iter Address_claims.cancel t.claims;
    t.generation <- t.generation + 1
end
