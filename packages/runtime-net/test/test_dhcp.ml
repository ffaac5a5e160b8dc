(* SPDX-License-Identifier: ISC *)

(* The states of the client by hand, and a stack with a scripted server. *)

open World

let mac = Macaddr.of_octets_exn "\002\000\000\000\000\001"
let server = ip "10.0.0.1"
let offered = ip "10.0.0.50"

let reply ?(kind = Dhcp_wire.Ack) ?(from = Some server) ?(address = offered)
    ?(mask = netmask) ?(gateways = [ server ]) ?(lease = Some 600) ?renewal ?rebinding xid : Dhcp_wire.reply =
  {
    kind;
    xid;
    mac;
    address;
    server = from;
    netmask = Some mask;
    gateways;
    lease_time = lease;
    renewal_time = renewal;
    rebinding_time = rebinding;
    name_servers = [ ip "10.0.0.53"; ip "127.0.0.1" ];
    domains = [ "example.org" ];
    host_name = None;
    mtu = None;
  }

(* {1 The states} *)

type run = { mutable machine : Dhcp_machine.t; mutable actions : Dhcp_machine.action list }

let become r (machine, actions) =
  r.machine <- machine;
  r.actions <- actions

let start () =
  let r =
    { machine = Dhcp_machine.create ~mac ~random:(fun n -> n / 2); actions = [] }
  in
  become r (Dhcp_machine.start r.machine);
  r

let sent r =
  match
    List.filter_map
      (function Dhcp_machine.Send { dst; request } -> Some (dst, request) | _ -> None)
      r.actions
  with
  | [ s ] -> s
  | _ -> Alcotest.fail "not one message"

let xid r = (snd (sent r)).xid

let receive r reply =
  match Dhcp_machine.receive r.machine reply with
  | Some change -> become r change
  | None -> Alcotest.fail "ignored"

let ignored what r reply =
  Alcotest.(check bool) what true (Dhcp_machine.receive r.machine reply = None)

let timeout r = become r (Dhcp_machine.timeout r.machine)

let expect_sent what r ~dst kind =
  let to_, (request : Dhcp_wire.request) = sent r in
  Alcotest.(check string) (what ^ ": to") (Ipaddr.V4.to_string dst) (Ipaddr.V4.to_string to_);
  Alcotest.(check bool) (what ^ ": kind") true (request.kind = kind);
  request

(* Three questions whether somebody has the address. *)
let probe r =
  for _ = 1 to 3 do
    (match r.actions with
     | [ Dhcp_machine.Probe _ ] -> ()
     | _ -> Alcotest.fail "no probe");
    timeout r
  done

let bound () =
  let r = start () in
  let xid = xid r in
  receive r (reply ~kind:Offer xid);
  receive r (reply xid);
  probe r;
  r

let configured r =
  List.exists (function Dhcp_machine.Configure _ -> true | _ -> false) r.actions

let deconfigured r = List.mem Dhcp_machine.Deconfigure r.actions

let test_the_usual () =
  let r = start () in
  let xid = xid r in
  ignore (expect_sent "first" r ~dst:Ipaddr.V4.broadcast Discover);
  receive r (reply ~kind:Offer xid);
  let request = expect_sent "second" r ~dst:Ipaddr.V4.broadcast Request in
  Alcotest.(check bool) "what was offered" true (request.requested = Some offered);
  Alcotest.(check bool) "of that server" true (request.server = Some server);
  receive r (reply xid);
  probe r;
  Alcotest.(check bool) "bound" true (configured r);
  Alcotest.(check (float 0.)) "half the time" 300. (Dhcp_machine.wait r.machine)

let test_retries () =
  let r = start () in
  let waits =
    List.init 10 (fun _ ->
        let wait = Dhcp_machine.wait r.machine in
        timeout r;
        ignore (expect_sent "again" r ~dst:Ipaddr.V4.broadcast Discover);
        wait)
  in
  Alcotest.(check (list (float 0.6))) "back-off" [ 1.; 2.; 4.; 8.; 16.; 32.; 64.; 64.; 64.; 64. ] waits

let test_request_unanswered () =
  let r = start () in
  receive r (reply ~kind:Offer (xid r));
  for _ = 1 to 3 do
    timeout r;
    ignore (expect_sent "again" r ~dst:Ipaddr.V4.broadcast Request)
  done;
  timeout r;
  ignore (expect_sent "from the start" r ~dst:Ipaddr.V4.broadcast Discover)

let test_nak () =
  let r = start () in
  receive r (reply ~kind:Offer (xid r));
  receive r (reply ~kind:Nak (xid r));
  ignore (expect_sent "from the start" r ~dst:Ipaddr.V4.broadcast Discover)

(* Addresses that no host can have; the client goes on asking. *)
let test_no_host () =
  List.iter
    (fun address ->
      let address = ip address in
      let r = start () in
      ignored "an offer" r (reply ~kind:Offer ~address (xid r));
      receive r (reply ~kind:Offer (xid r));
      ignored "a lease" r (reply ~address (xid r)))
    [ "224.0.0.5"; "239.1.2.3"; "127.0.0.1"; "0.0.0.0"; "0.1.2.3"; "240.0.0.1"; "255.255.255.255" ]

let test_nonsense_in_lease () =
  let lease mask gateways =
    let r = start () in
    receive r (reply ~kind:Offer (xid r));
    receive r (reply ~mask:(ip mask) ~gateways:(List.map ip gateways) (xid r));
    probe r;
    match r.actions with
    | [ Configure { netmask; gateways; _ } ] ->
      Ipaddr.V4.(to_string netmask :: List.map to_string gateways)
    | _ -> Alcotest.fail "not bound"
  in
  let check mask gateways expected =
    Alcotest.(check (list string)) mask expected (lease mask gateways)
  in
  check "255.0.255.0" [ "10.0.0.1" ] [ "255.255.255.0"; "10.0.0.1" ];
  check "0.0.0.0" [ "224.0.0.1"; "10.0.0.1" ] [ "255.255.255.0"; "10.0.0.1" ];
  check "0.255.255.255" [ "127.0.0.1" ] [ "255.255.255.0" ];
  check "255.255.255.255" [ "10.0.0.1" ] [ "255.255.255.255"; "10.0.0.1" ];
  check "255.255.255.254" [] [ "255.255.255.254" ];
  check "128.0.0.0" [] [ "128.0.0.0" ]

let test_not_for_us () =
  let r = start () in
  let x = xid r in
  ignored "another exchange" r (reply ~kind:Offer (Int32.succ x));
  ignored "another client" r
    { (reply ~kind:Offer x) with mac = Macaddr.of_octets_exn "\002\000\000\000\000\009" };
  ignored "no server" r (reply ~kind:Offer ~from:None x);
  ignored "no address" r (reply ~kind:Offer ~address:Ipaddr.V4.any x);
  ignored "not asked for yet" r (reply x);
  receive r (reply ~kind:Offer x);
  ignored "another offer" r (reply ~kind:Offer x);
  ignored "another server's" r (reply ~from:(Some (ip "10.0.0.9")) x);
  ignored "another server's refusal" r (reply ~kind:Nak ~from:(Some (ip "10.0.0.9")) x)

let test_conflict () =
  let r = start () in
  receive r (reply ~kind:Offer (xid r));
  receive r (reply (xid r));
  timeout r;
  let conflict r address =
    match Dhcp_machine.conflict r.machine address with
    | Some change ->
      become r change;
      true
    | None -> false
  in
  Alcotest.(check bool) "another address" false (conflict r (ip "10.0.0.51"));
  Alcotest.(check bool) "this one" true (conflict r offered);
  let request = expect_sent "declined" r ~dst:Ipaddr.V4.broadcast Decline in
  Alcotest.(check bool) "what, and of whom" true
    (request.requested = Some offered && request.server = Some server);
  Alcotest.(check (float 0.)) "waits" 10. (Dhcp_machine.wait r.machine);
  ignored "an answer meanwhile" r (reply ~kind:Offer request.xid);
  timeout r;
  ignore (expect_sent "from the start" r ~dst:Ipaddr.V4.broadcast Discover);
  let r = bound () in
  Alcotest.(check bool) "later, too" true (conflict r offered && deconfigured r)

let test_no_host_of_its_network () =
  List.iter
    (fun (address, mask, fine) ->
      let r = start () in
      let address = ip address in
      receive r (reply ~kind:Offer ~address (xid r));
      let taken = Dhcp_machine.receive r.machine (reply ~address ~mask:(ip mask) (xid r)) <> None in
      Alcotest.(check bool) (Ipaddr.V4.to_string address) fine taken)
    [
      ("10.0.0.0", "255.255.255.0", false);
      ("10.0.0.255", "255.255.255.0", false);
      ("10.0.1.0", "255.255.254.0", true);
      ("10.0.0.0", "255.255.255.254", true);
      ("10.0.0.255", "255.255.255.255", true);
    ]

let test_renewal () =
  let r = bound () in
  timeout r;
  let request = expect_sent "T1" r ~dst:server Request in
  Alcotest.(check bool) "with its address" true (Ipaddr.V4.compare request.client offered = 0);
  Alcotest.(check bool) "nothing requested" true (request.requested = None && request.server = None);
  receive r (reply request.xid);
  Alcotest.(check bool) "renewed" true (configured r);
  Alcotest.(check (float 0.)) "half the time" 300. (Dhcp_machine.wait r.machine)

let test_rebinding_and_expiry () =
  let r = bound () in
  let now = ref (Dhcp_machine.wait r.machine) in
  timeout r;
  let log = ref [] in
  while not (deconfigured r) do
    let dst, _ = sent r in
    log := (!now, Ipaddr.V4.compare dst Ipaddr.V4.broadcast = 0) :: !log;
    now := !now +. Dhcp_machine.wait r.machine;
    timeout r
  done;
  Alcotest.(check (float 0.001)) "given up in time" 600. !now;
  List.iter
    (fun (at, broadcast) ->
      Alcotest.(check bool) (Printf.sprintf "at %g" at) (at >= 525.) broadcast)
    !log;
  Alcotest.(check bool) "more than once each" true (List.length !log >= 4);
  ignore (expect_sent "from the start" r ~dst:Ipaddr.V4.broadcast Discover)

let test_renewal_refused () =
  let r = bound () in
  timeout r;
  receive r (reply ~kind:Nak (xid r));
  Alcotest.(check bool) "address given up" true (deconfigured r)

let test_times () =
  let wait ?lease ?renewal ?rebinding () =
    let r = start () in
    let x = xid r in
    receive r (reply ~kind:Offer x);
    receive r (reply ?lease ?renewal ?rebinding x);
    probe r;
    Dhcp_machine.wait r.machine
  in
  Alcotest.(check (float 0.)) "given" 100. (wait ~renewal:100 ~rebinding:200 ());
  Alcotest.(check (float 0.)) "senseless" 300. (wait ~renewal:500 ~rebinding:200 ());
  Alcotest.(check (float 0.)) "beyond the end" 300. (wait ~renewal:5000 ());
  Alcotest.(check (float 0.)) "none" 1800. (wait ~lease:None ());
  Alcotest.(check bool) "for ever" true (wait ~lease:(Some max_int) () = infinity)

(* Whatever servers say in whatever order: only addresses of hosts are taken, and the client
   always waits for something. *)
let any_server =
  let address n = ip [| "10.0.0.50"; "10.0.0.51"; "0.0.0.0"; "127.0.0.1"; "224.0.0.9"; "255.255.255.255"; "10.0.0.0"; "10.0.0.255" |].(n land 7) in
  let mask n = [| Some netmask; None; Some (ip "0.0.0.0"); Some (ip "255.0.255.0"); Some (ip "255.255.255.254") |].(n mod 5) in
  let kinds = [| Dhcp_wire.Discover; Offer; Request; Decline; Ack; Nak; Release; Inform; Offer; Ack; Offer; Ack |] in
  Property.case "whatever servers say" ~count:1000
    QCheck.(list_of_size (Gen.int_bound 60) (pair (int_bound 20) (int_bound 0xffff)))
    (fun events ->
      let r = start () in
      let last = ref (xid r) and fine = ref true in
      let check () =
        List.iter
          (function
            | Dhcp_machine.Configure { address; netmask; renewal; rebinding; expiry; gateways; _ } ->
              let text = Ipaddr.V4.to_string address in
              if text <> "10.0.0.50" && text <> "10.0.0.51" && (text <> "10.0.0.0" && text <> "10.0.0.255" || Ipaddr.V4.to_string netmask <> "255.255.255.254") then fine := false;
              if not (renewal <= rebinding && rebinding <= expiry && renewal > 0.) then fine := false;
              if List.exists (Ipv4_address.equal address) gateways then fine := false
            | Send { request; _ } -> last := request.xid
            | Probe _ | Deconfigure -> ())
          r.actions;
        if not (Dhcp_machine.wait r.machine > 0.) then fine := false
      in
      List.iter
        (fun (event, n) ->
          (match event with
           | 0 | 1 | 2 | 3 | 4 -> timeout r
           | 5 -> Option.iter (become r) (Dhcp_machine.conflict r.machine (address n))
           | _ ->
             let reply =
               {
                 (reply ~kind:kinds.(event mod 12) ~address:(address n) ~lease:(if n land 16 = 0 then Some (n land 0xff) else None)
                    ~renewal:(n lsr 8) ~rebinding:(n lsr 4 land 0xff)
                    ~from:(if n land 32 = 0 then Some server else None)
                    ~gateways:[ server; address n ]
                    (if n land 64 = 0 then !last else Int32.succ !last))
                 with
                 netmask = mask (n lsr 7);
               }
             in
             Option.iter (become r) (Dhcp_machine.receive r.machine reply));
          check ())
        events;
      !fine)

(* {1 Messages} *)

let options list = String.concat "" (List.map (fun (c, v) -> Printf.sprintf "%c%c%s" (Char.chr c) (Char.chr (String.length v)) v) list)

let message ?(file = "") list =
  let text = options list ^ "\255" in
  let buf = Cstruct.create (240 + String.length text) in
  Cstruct.set_uint8 buf 0 2;
  Cstruct.set_uint8 buf 1 1;
  Cstruct.set_uint8 buf 2 6;
  Cstruct.BE.set_uint32 buf 236 0x63825363l;
  Cstruct.blit_from_string file 0 buf 108 (String.length file);
  Cstruct.blit_from_string text 0 buf 240 (String.length text);
  buf

let test_options () =
  let parse ?file list = Option.get (Dhcp_wire.parse (message ?file list)) in
  let r = parse [ (53, "\002"); (54, "\010\000\000\001"); (51, "\000\000\014\016"); (3, "\010\000\000\001\010\000\000\002") ] in
  Alcotest.(check bool) "kind" true (r.kind = Offer);
  Alcotest.(check bool) "server" true (r.server = Some server);
  Alcotest.(check (option int)) "lease" (Some 3600) r.lease_time;
  Alcotest.(check int) "gateways" 2 (List.length r.gateways);
  let r = parse ~file:(options [ (51, "\000\000\000\060") ] ^ "\255") [ (53, "\005"); (52, "\001") ] in
  Alcotest.(check (option int)) "overload" (Some 60) r.lease_time;
  let r = parse [ (53, "\005"); (3, "\010\000"); (3, "\000\001") ] in
  Alcotest.(check int) "an option in two parts" 1 (List.length r.gateways);
  let r = parse [ (53, "\005"); (51, "\255\255\255\255"); (1, "\255") ] in
  Alcotest.(check (option int)) "for ever" (Some max_int) r.lease_time;
  Alcotest.(check bool) "a netmask of one octet" true (r.netmask = None);
  let none what list = Alcotest.(check bool) what true (Dhcp_wire.parse (message list) = None) in
  none "no kind" [];
  none "a kind that does not exist" [ (53, "\099") ];
  let cut = message [ (53, "\002"); (3, "\010\000\000\001") ] in
  let cut = Cstruct.sub cut 0 (Cstruct.length cut - 3) in
  Alcotest.(check bool) "cut short" true
    (match Dhcp_wire.parse cut with Some r -> r.gateways = [] | None -> false)

let test_names () =
  let parse list = Option.get (Dhcp_wire.parse (message ((53, "\005") :: list))) in
  let names list = (parse list).domains in
  let check what expected list = Alcotest.(check (list string)) what expected (names list) in
  check "own domain" [ "example.org" ] [ (15, "example.org.\000") ];
  check "search list" [ "eng.example.org"; "example.org" ]
    [ (15, "example.net"); (119, "\003eng\007example\003org\000\192\004") ];
  check "in two parts" [ "eng.example.org"; "example.org" ]
    [ (119, "\003eng\007exam"); (119, "ple\003org\000\192\004") ];
  check "a reference forward" [ "a" ] [ (119, "\001a\000\192\008\001b\000") ];
  check "to itself" [] [ (119, "\192\000") ];
  check "cut short" [] [ (119, "\003en") ];
  check "no end" [] [ (119, "\003eng") ];
  check "characters" [] [ (15, "exa\nmple.org") ];
  check "the root" [] [ (15, "."); ];
  check "long" [] [ (15, String.concat "." (List.init 64 (fun _ -> "abc"))) ];
  check "many" (List.init 32 (fun _ -> "a")) [ (119, String.concat "" (List.init 40 (fun _ -> "\001a\000"))) ];
  let r = parse [ (6, "\010\000\000\053\010\000\000\054"); (12, "www"); (26, "\005\120") ] in
  Alcotest.(check (list string)) "servers" [ "10.0.0.53"; "10.0.0.54" ] (List.map Ipaddr.V4.to_string r.name_servers);
  Alcotest.(check (option string)) "host" (Some "www") r.host_name;
  Alcotest.(check (option int)) "MTU" (Some 1400) r.mtu;
  Alcotest.(check (option int)) "an impossible MTU" None (parse [ (26, "\000\010") ]).mtu

let any_message =
  Property.case "no message raises" ~count:3000
    QCheck.(string_of_size (Gen.int_bound 400))
    (fun text ->
      let buf = message [] in
      let all = Cstruct.append (Cstruct.sub buf 0 240) (Cstruct.of_string text) in
      ignore (Dhcp_wire.parse all);
      ignore (Dhcp_wire.parse (Cstruct.of_string text));
      ignore (Advertised_name.list_of_wire text);
      ignore (Advertised_name.of_text text);
      true)

(* {1 A whole stack} *)

(* Answers by [answer], which is given the kind of the request. *)
let serve netif frames ~answer =
  let requests = Queue.create () in
  let respond (d : Ipv4_wire.t) =
    match Udp_wire.parse ~addresses:(Inet_checksum.addresses ~src:d.src ~dst:d.dst) d.payload with
    | Some { dst_port = 67; payload; _ } ->
      let kind = Cstruct.get_uint8 payload 242 in
      Queue.add (kind, d) requests;
      let answers = answer kind in
      let send list =
        let reply = message list in
        Cstruct.blit payload 4 reply 4 4;
        Cstruct.blit payload 28 reply 28 16;
        Cstruct.BE.set_uint32 reply 16 (Ipaddr.V4.to_int32 offered);
        let header = Cstruct.create 42 in
        Ethernet_wire.write header ~dst:Macaddr.broadcast ~src:(Netif.mac netif) 0x0800;
        let h = Cstruct.shift header 14 in
        let dst = Ipaddr.V4.broadcast in
        Ipv4_wire.write h ~src:server ~dst ~proto:17 ~dont_fragment:false;
        Ipv4_wire.complete h ~id:1 ~total_length:(28 + Cstruct.length reply);
        Udp_wire.write (Cstruct.shift header 34) ~addresses:(Inet_checksum.addresses ~src:server ~dst) ~src_port:67 ~dst_port:68 reply;
        Lwt.async (fun () -> Netif.write netif (Cstruct.append header reply))
      in
      List.iter send answers
    | Some _ | None -> ()
  in
  let rec watch () =
    later 0.001 (fun () ->
        Queue.iter
          (fun frame ->
            if Ethernet_wire.get_ethertype frame = 0x0800 then
              Option.iter respond (Ipv4_wire.parse (Cstruct.shift frame 14)))
          frames;
        Queue.clear frames;
        watch ())
  in
  watch ();
  requests

let common = [ (54, "\010\000\000\001"); (51, "\000\000\002\088"); (1, "\255\255\255\000"); (3, "\010\000\000\001") ]
let offer = (53, "\002") :: common
let ack = ((53, "\005") :: common) @ [ (6, "\010\000\000\053"); (15, "example.org") ]

let test_stack () =
  reset ();
  ignore (Netif.new_hub ());
  let netif, frames = station () in
  let lost = ref 2 in
  let answer = function
    | 1 when !lost > 0 ->
      decr lost;
      []
    | 1 -> [ offer; offer ]
    | 3 -> [ ack ]
    | _ -> []
  in
  let requests = serve netif frames ~answer in
  let stack = ok (run (open_stack ~mode:`DHCP "stack")) in
  let events = ref [] in
  S.on_event stack (fun e -> events := Stack_event.to_string e :: !events);
  S.listen_tcpv4 stack ~port:80 (fun _ -> Lwt.return_unit);
  Alcotest.(check (list string)) "events" [ "listen tcp 80"; "address 10.0.0.50" ] !events;
  let ipv4 = S.ipv4 stack in
  Alcotest.(check string) "netmask" "255.255.255.0" (Ipaddr.V4.to_string (I.get_ipv4_netmask ipv4));
  Alcotest.(check (list string)) "gateways" [ "10.0.0.1" ]
    (List.map Ipaddr.V4.to_string (I.get_ipv4_gateways ipv4));
  Alcotest.(check (list int)) "messages" [ 1; 1; 1; 3 ]
    (List.of_seq (Seq.map fst (Queue.to_seq requests)));
  let first : Ipv4_wire.t = snd (Queue.peek requests) in
  Alcotest.(check string) "from nowhere" "0.0.0.0" (Ipaddr.V4.to_string first.src)

let test_stack_loses_lease () =
  reset ();
  ignore (Netif.new_hub ());
  let netif, frames = station () in
  let alive = ref true in
  let answer kind = if not !alive then [] else if kind = 1 then [ offer ] else [ ack ] in
  ignore (serve netif frames ~answer);
  let stack = ok (run (open_stack ~mode:`DHCP "stack")) in
  let address () = Ipaddr.V4.to_string (I.get_ipv4 (S.ipv4 stack)) in
  elapse 2000.;
  Alcotest.(check string) "renewed" "10.0.0.50" (address ());
  let names () =
    let { Name_service.servers; domains } = Name_service.known () in
    List.map Ipaddr.to_string servers @ domains
  in
  Alcotest.(check (list string)) "names" [ "10.0.0.53"; "example.org" ] (names ());
  alive := false;
  elapse 700.;
  Alcotest.(check (list string)) "names are gone" [] (names ());
  Alcotest.(check string) "lost" "0.0.0.0" (address ());
  alive := true;
  elapse 70.;
  Alcotest.(check string) "again" "10.0.0.50" (address ())

(* Somebody has the address that the server gives: it is declined, and the next one taken. *)
let test_stack_declines () =
  reset ();
  ignore (Netif.new_hub ());
  let netif, frames = station () in
  let claims = ref 1 in
  let claim () =
    Lwt.async (fun () ->
        Netif.write netif
          (Arp_wire.frame ~dst:Macaddr.broadcast
             { operation = Reply; sender_mac = Netif.mac netif; sender_ip = offered; target_mac = mac; target_ip = offered }))
  in
  let answer = function
    | 1 -> [ offer ]
    | 3 ->
      if !claims > 0 then begin
        decr claims;
        later 0.05 claim
      end;
      [ ack ]
    | _ -> []
  in
  let requests = serve netif frames ~answer in
  let stack = ok (run (open_stack ~mode:`DHCP "stack")) in
  Alcotest.(check (list int)) "declined, then from the start" [ 1; 3; 4; 1; 3 ]
    (List.of_seq (Seq.map fst (Queue.to_seq requests)));
  let address () = Ipaddr.V4.to_string (I.get_ipv4 (S.ipv4 stack)) in
  Alcotest.(check string) "taken" "10.0.0.50" (address ());
  claim ();
  elapse 1.;
  Alcotest.(check string) "defended" "10.0.0.50" (address ());
  claim ();
  elapse 1.;
  Alcotest.(check string) "given up" "0.0.0.0" (address ())

let case name f = Alcotest.test_case name `Quick f

let suite =
  [
    case "discover, offer, request, ack" test_the_usual;
    case "no server" test_retries;
    case "request unanswered" test_request_unanswered;
    case "refused" test_nak;
    case "an address of no host" test_no_host;
    case "nonsense in a lease" test_nonsense_in_lease;
    case "not for us" test_not_for_us;
    case "conflict" test_conflict;
    case "an address of no host of its network" test_no_host_of_its_network;
    case "renewal" test_renewal;
    case "rebinding and expiry" test_rebinding_and_expiry;
    case "renewal refused" test_renewal_refused;
    case "times" test_times;
    case "options" test_options;
    case "names" test_names;
    any_server;
    any_message;
    case "a stack gets its address" test_stack;
    case "a stack loses its address" test_stack_loses_lease;
    case "a stack declines an address" test_stack_declines;
  ]
