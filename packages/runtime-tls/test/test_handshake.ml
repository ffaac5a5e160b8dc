(* SPDX-License-Identifier: ISC *)
(* Handshakes that succeed, and refusals, between our two sides. *)

open Mirage_runtime_tls_core

let check = Alcotest.(check string)
let host name = Result.get_ok (Trust.name_of_string name)
let localhost = host "localhost"
let identities = lazy [ Pki.identity [ "localhost" ] ]

let server ?suites ?groups ?protocols ?client_certificates ?tickets
    ?(identities = Lazy.force identities) () =
  Server.config ?suites ?groups ?protocols ?client_certificates ?tickets
    ~random:Pki.random identities

let client ?identity ?suites ?groups ?protocols ?ticket ?(trust = Pki.trust)
    ?(name = localhost) () =
  Client.config ?identity ?suites ?groups ?protocols ?ticket
    ~random:Pki.random ~trust name

let session (side : Pair.side) =
  match Connection.session side.t with
  | Some session -> session
  | None -> Alcotest.failf "no handshake: %s" (Pair.failure side)

let exchange (c, s) =
  Pair.send c s "question";
  Pair.send s c "answer";
  check "to the server" "question" (Pair.received s);
  check "to the client" "answer" (Pair.received c)

let fails ~client:c ~server:s expected =
  let client, server = Pair.make c s in
  check "client" expected (Pair.failure client);
  check "server" expected (Pair.failure server)

let every_suite_and_group () =
  List.iter
    (fun suite ->
      List.iter
        (fun group ->
          let c, s =
            Pair.make (client ())
              (server ~suites:[ suite ] ~groups:[ group ] ())
          in
          exchange (c, s);
          let session = session c in
          check "suite" (Suite.to_string suite) (Suite.to_string session.suite);
          check "group"
            (Suite.Group.to_string group)
            (Suite.Group.to_string session.group))
        Suite.Group.all)
    Suite.all

let every_kind_of_key () =
  List.iter
    (fun kind ->
      let identities = [ Pki.identity ~kind [ "localhost" ] ] in
      exchange (Pair.make (client ()) (server ~identities ())))
    [ `P256; `P384; `ED25519; `RSA ]

let octet_by_octet () =
  Pair.pieces := 1;
  Fun.protect
    ~finally:(fun () -> Pair.pieces := max_int)
    (fun () -> exchange (Pair.make (client ()) (server ())))

let large_data () =
  let c, s = Pair.make (client ()) (server ()) in
  let data = String.init 100_000 (fun i -> Char.chr (i land 0xff)) in
  Pair.send c s data;
  Alcotest.(check bool) "whole" true (Pair.received s = data)

let resumption () =
  let config = server () in
  let first, _ = Pair.make (client ()) config in
  let ticket = Option.get (Pair.ticket first) in
  let c, s = Pair.make (client ~ticket ()) config in
  Alcotest.(check bool) "resumed" true (session c).resumed;
  Alcotest.(check bool) "by both" true (session s).resumed;
  exchange (c, s);
  (* Another server's ticket is passed over. *)
  let c, s = Pair.make (client ~ticket ()) (server ()) in
  Alcotest.(check bool) "not resumed" false (session c).resumed;
  exchange (c, s);
  (* It survives a HelloRetryRequest, whose binder covers both hellos. *)
  let config = { config with groups = [ Suite.Group.P384 ] } in
  let c, s = Pair.make (client ~ticket ()) config in
  Alcotest.(check bool) "resumed after a retry" true (session c).resumed;
  exchange (c, s)

let forged_ticket () =
  let config = server () in
  let first, _ = Pair.make (client ()) config in
  let ticket = Option.get (Pair.ticket first) in
  let ticket = { ticket with key = String.make 32 'k' } in
  fails ~client:(client ~ticket ()) ~server:config "decrypt_error"

let updates () =
  let c, s = Pair.make (client ()) (server ()) in
  List.iter
    (fun (a, b, request) ->
      let t, parts = Connection.update_keys a.Pair.t ~request in
      a.t <- t;
      Pair.talk a b parts)
    [ (c, s, true); (s, c, true); (c, s, false); (s, c, false) ];
  exchange (c, s)

let closing () =
  let c, s = Pair.make (client ()) (server ()) in
  let t, parts = Connection.close c.t in
  c.t <- t;
  Pair.talk c s parts;
  Alcotest.(check bool)
    "told" true
    (List.mem Connection.End_of_data s.events);
  Alcotest.(check bool) "cannot send" false (Connection.can_send c.t);
  Pair.send s c "still";
  check "the other way" "still" (Pair.received c)

let protocols () =
  let c, _ =
    Pair.make
      (client ~protocols:[ "b"; "a" ] ())
      (server ~protocols:[ "a"; "b" ] ())
  in
  Alcotest.(check (option string)) "server's choice" (Some "a")
    (session c).protocol;
  fails
    ~client:(client ~protocols:[ "c" ] ())
    ~server:(server ~protocols:[ "a" ] ())
    "no_application_protocol"

let names () =
  let identities =
    [ Pki.identity [ "one.test" ]; Pki.identity [ "two.test"; "*.two.test" ] ]
  in
  let works name =
    exchange (Pair.make (client ~name:(host name) ()) (server ~identities ()))
  in
  List.iter works [ "one.test"; "two.test"; "www.two.test" ];
  let address = Pki.identity ~ips:[ Versions.Octets.of_string "\127\000\000\001" ] [] in
  exchange
    (Pair.make
       (client ~name:(host "127.0.0.1") ())
       (server ~identities:[ address ] ()))

let bad_certificates () =
  let refused ?name identity expected =
    fails ~client:(client ?name ())
      ~server:(server ~identities:[ identity ] ())
      expected
  in
  let stranger = Pki.authority "stranger" in
  refused (Pki.identity [ "other.test" ]) "bad_certificate";
  refused (Pki.identity ~from:(-9) ~until:(-2) [ "localhost" ])
    "certificate_expired";
  refused (Pki.identity ~from:2 [ "localhost" ]) "certificate_expired";
  refused (Pki.identity ~by:stranger [ "localhost" ]) "unknown_ca";
  refused (Pki.identity ~usage:[ `Client_auth ] [ "localhost" ])
    "bad_certificate";
  refused ~name:(host "a.b.two.test")
    (Pki.identity [ "*.two.test" ])
    "bad_certificate";
  refused ~name:(host "127.0.0.2")
    (Pki.identity ~ips:[ Versions.Octets.of_string "\127\000\000\001" ] [ "localhost" ])
    "bad_certificate"

let intermediate () =
  let middle = Pki.authority ~by:Pki.root "middle" in
  let identity =
    Pki.identity ~by:middle ~through:[ middle.certificate ] [ "localhost" ]
  in
  exchange (Pair.make (client ()) (server ~identities:[ identity ] ()));
  let incomplete = Pki.identity ~by:middle [ "localhost" ] in
  fails ~client:(client ())
    ~server:(server ~identities:[ incomplete ] ())
    "unknown_ca"

let client_certificates () =
  let identity = Pki.identity [ "somebody" ] in
  let required = Server.Required Pki.trust in
  let c, s =
    Pair.make (client ~identity ())
      (server ~client_certificates:required ())
  in
  exchange (c, s);
  Alcotest.(check int) "known" 1 (List.length (session s).peer);
  exchange
    (Pair.make (client ())
       (server ~client_certificates:(Optional Pki.trust) ()));
  let _, s =
    Pair.make (client ()) (server ~client_certificates:required ())
  in
  check "nobody" "certificate_required" (Pair.failure s);
  let stranger = Pki.identity ~by:(Pki.authority "stranger") [ "somebody" ] in
  let _, s =
    Pair.make
      (client ~identity:stranger ())
      (server ~client_certificates:required ())
  in
  check "a stranger" "unknown_ca" (Pair.failure s)

let nothing_in_common () =
  fails
    ~client:(client ~suites:[ Suite.Aes_128_gcm_sha256 ] ())
    ~server:(server ~suites:[ Suite.Aes_256_gcm_sha384 ] ())
    "handshake_failure";
  fails
    ~client:(client ~groups:[ Suite.Group.X25519 ] ())
    ~server:(server ~groups:[ Suite.Group.P256 ] ())
    "handshake_failure"

let exporters () =
  let c, s = Pair.make (client ()) (server ()) in
  let export (side : Pair.side) =
    Option.get
      (Connection.export side.t ~label:"EXPORTER-test" ~context:"c" ~length:40)
  in
  check "the same" (export c) (export s)

let tests =
  List.map
    (fun (name, test) -> Alcotest.test_case name `Quick test)
    [
      ("every suite and group, by retry where needed", every_suite_and_group);
      ("every kind of key", every_kind_of_key);
      ("octet by octet", octet_by_octet);
      ("100,000 octets at once", large_data);
      ("tickets", resumption);
      ("a ticket's key must be known", forged_ticket);
      ("new keys", updates);
      ("closing", closing);
      ("application protocols", protocols);
      ("names", names);
      ("certificates that are refused", bad_certificates);
      ("intermediate certificates", intermediate);
      ("certificates of clients", client_certificates);
      ("nothing in common", nothing_in_common);
      ("keying material", exporters);
    ]
