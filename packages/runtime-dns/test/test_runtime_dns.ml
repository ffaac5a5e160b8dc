(* SPDX-License-Identifier: ISC *)

open Alcotest

let name text = Result.get_ok (Dns_name.of_host text)
let question text = { Dns_message.name = name text; family = A }
let address = Ipaddr.of_string_exn

let answer =
  testable
    (fun ppf -> function
      | Dns_answer.Addresses { addresses; ttl } ->
          Format.fprintf ppf "%s for %d s"
            (String.concat " " (List.map Ipaddr.to_string addresses))
            ttl
      | Nothing { ttl } -> Format.fprintf ppf "nothing for %d s" ttl
      | Elsewhere name -> Format.fprintf ppf "see %s" (Dns_name.to_string name)
      | Useless why -> Format.fprintf ppf "useless: %s" why)
    ( = )

(* {1 Names} *)

let names () =
  let refused text why = check (result reject string) text (Error why)
      (Result.map ignore (Dns_name.of_host text)) in
  check string "one" "www.example.org" (Dns_name.to_string (name "www.example.org."));
  check bool "case" true (Dns_name.equal (name "WWW.Example.org") (name "www.example.ORG"));
  refused "" "it has an empty label";
  refused "a..b" "it has an empty label";
  refused "." "it has an empty label";
  refused "-a.b" "a label starts or ends with a hyphen";
  refused "a b" "only letters, digits, hyphens and underscores make a label";
  refused (String.make 64 'a') "a label has more than 63 characters";
  let labels n = String.concat "." (List.init n (fun _ -> String.make 49 'a')) in
  check bool "250 characters" true (Result.is_ok (Dns_name.of_host (labels 5)));
  refused (labels 6) "it has more than 253 characters"

let search () =
  let search = [ name "example.org"; name "b" ] in
  let found text =
    List.map Dns_name.to_string (Result.get_ok (Dns_search.candidates ~search text))
  in
  check (list string) "single" [ "www.example.org"; "www.b"; "www" ] (found "www");
  check (list string) "dotted" [ "a.c"; "a.c.example.org"; "a.c.b" ] (found "a.c");
  check (list string) "absolute" [ "a" ] (found "a.");
  let own text = Option.map (List.map Ipaddr.to_string) (Dns_search.own text) in
  check (option (list string)) "address" (Some [ "10.0.0.1" ]) (own "10.0.0.1");
  check (option (list string)) "localhost" (Some [ "127.0.0.1"; "::1" ]) (own "x.LocalHost.");
  check (option (list string)) "host" None (own "localhost.org")

(* {1 Messages} *)

let query () =
  check string "query"
    (Replies.(
       u16 7 ^ u16 0x100 ^ u16 1 ^ u16 0 ^ u16 0 ^ u16 1 ^ name "a.b" ^ u16 1 ^ u16 1
       ^ opt ()))
    (Dns_message.query ~id:7 ~edns:true (question "a.b"))

let says ?(text = "www.example.org") label expected octets =
  match Dns_message.reply octets with
  | None -> fail (label ^ ": malformed")
  | Some reply -> check answer label expected (Dns_answer.of_reply (question text) reply)

let one = "\010\000\000\001"
let two = "\010\000\000\002"

let answers () =
  let elsewhere = name "b.net" in
  let open Replies in
  let www = "www.example.org" in
  says "two addresses, the least lifetime"
    (Addresses { addresses = [ address "10.0.0.1"; address "10.0.0.2" ]; ttl = 60 })
    (reply www [ a one; a ~ttl:60 two ]);
  says "aliases in any order"
    (Addresses { addresses = [ address "10.0.0.1" ]; ttl = 20 })
    (reply www
       [ a ~owner:(name "c.net") one; cname ~owner:(name "b.net") ~ttl:20 "C.net"; cname "b.net" ]);
  says "an alias that leads out" (Elsewhere elsewhere) (reply www [ cname "b.net" ]);
  says "a circle" (Useless "its aliases form a circle")
    (reply www [ cname "b.net"; cname ~owner:(name "b.net") www ]);
  says "another family" (Nothing { ttl = 0 }) (reply www [ aaaa (String.make 16 '\001') ]);
  says "no such name" (Nothing { ttl = 120 })
    (reply ~flags:0x8183 ~authority:[ soa ~minimum:120 () ] www []);
  says "no such address behind an alias" (Nothing { ttl = 600 })
    (reply ~authority:[ soa ~minimum:9000 () ] www [ cname "b.net" ]);
  says "three hours at most" (Nothing { ttl = 10800 })
    (reply ~authority:[ soa ~ttl:99999 ~minimum:90000 () ] www []);
  says "a lifetime above 2^31" (Addresses { addresses = [ address "10.0.0.1" ]; ttl = 0 })
    (reply www [ a ~ttl:0x8000_0000 one ]);
  says "a day at most" (Addresses { addresses = [ address "10.0.0.1" ]; ttl = 86400 })
    (reply www [ a ~ttl:0x7fff_ffff one ]);
  says "a failure" (Useless "the server failed") (reply ~flags:0x8182 www []);
  says "an extended code" (Useless "the server answers with the code 16")
    (reply ~additional:[ opt ~code:1 () ] www []);
  says "records of other kinds are passed over"
    (Addresses { addresses = [ address "10.0.0.1" ]; ttl = 300 })
    (reply www [ record 46 "signature"; a one ])

let malformed () =
  let open Replies in
  let is_refused label octets =
    check bool label true (Dns_message.reply octets = None)
  in
  let whole = reply "a.b" [ a one; cname "c.d" ] in
  for length = 0 to String.length whole - 1 do
    is_refused (Printf.sprintf "cut to %d" length) (String.sub whole 0 length)
  done;
  is_refused "a query" (reply ~flags:0x0100 "a.b" []);
  is_refused "a notification" (reply ~flags:0xa000 "a.b" []);
  is_refused "a pointer to itself" (reply "a.b" [ a ~owner:(u16 (0xc000 + 21)) one ]);
  is_refused "a pointer ahead" (reply "a.b" [ a ~owner:(u16 (0xc000 + 40)) one ]);
  is_refused "an address of five octets" (reply "a.b" [ a "12345" ]);
  is_refused "a kind of label that is not in use" (reply "a.b" [ a ~owner:"\x80" one ]);
  is_refused "an alias with more behind it" (reply "a.b" [ record 5 (name "c" ^ "x") ]);
  let long = String.concat "." (List.init 5 (fun _ -> String.make 60 'a')) in
  is_refused "a name of 305 octets" (reply "a.b" [ cname long ]);
  (* The data of the first record, from octet 33 on: each pointer leads to the one before. *)
  let behind pointers =
    let target i = 0xc000 + if i = 0 then 12 else 33 + (2 * (i - 1)) in
    let chain = String.concat "" (List.init pointers (fun i -> u16 (target i))) in
    reply "a.b" [ record 16 chain; a ~owner:(u16 (target pointers)) one ]
  in
  check bool "60 pointers" true (Dns_message.reply (behind 60) <> None);
  is_refused "80 pointers" (behind 80)

(* {1 One server} *)

let random n = String.init n (fun i -> Char.chr (i * 37 land 255))

let id_of message = String.get_uint16_be message 0

(* The question of a query, as text in its case. *)
let asked message =
  let rec labels at =
    match Char.code message.[at] with
    | 0 -> []
    | n -> String.sub message (at + 1) n :: labels (at + 1 + n)
  in
  String.concat "." (labels 12)

let start () =
  match Dns_query.start ~random (question "www.example.org") with
  | query, Ask (`Udp, message) -> (query, message)
  | _ -> fail "it does not start over UDP"

let exchange () =
  let query, message = start () in
  let id = id_of message and text = asked message in
  check bool "letters of both cases" true
    (text <> String.lowercase_ascii text && text <> String.uppercase_ascii text);
  let ignored label octets =
    check bool label true (Dns_query.receive query octets = None)
  in
  ignored "another id" (Replies.reply ~id:(id lxor 1) text []);
  ignored "another name" (Replies.reply ~id "www.example.com" []);
  ignored "another family" (Replies.reply ~id ~kind:28 text []);
  ignored "noise" "noise";
  (match Dns_query.receive query (Replies.reply ~id text [ Replies.a one ]) with
  | Some (_, Answer (Addresses _)) -> ()
  | _ -> fail "the reply is not taken");
  let over_tcp label octets =
    match Dns_query.receive query octets with
    | Some (query, Ask (`Tcp, _)) -> query
    | _ -> fail (label ^ " does not lead to TCP")
  in
  ignore (over_tcp "other case" (Replies.reply ~id "www.example.org" []));
  let tcp = over_tcp "a cut reply" (Replies.reply ~flags:0x8380 ~id text []) in
  (match Dns_query.receive tcp (Replies.reply ~id "www.example.org" [ Replies.a one ]) with
  | Some (_, Answer (Addresses _)) -> ()
  | _ -> fail "TCP's reply is not taken");
  match Dns_query.receive query (Replies.reply ~flags:0x8181 ~id text []) with
  | Some (_, Ask (`Udp, message)) ->
      check int "no EDNS" 0 (String.get_uint16_be message 10)
  | _ -> fail "a server without EDNS is not asked again"

(* {1 The cache} *)

let cache () =
  let t = Dns_cache.create ~capacity:2 in
  let found now text = Dns_cache.find t ~now (question text) <> None in
  Dns_cache.add t ~now:100. ~ttl:10 (question "a") Nothing;
  check bool "holds" true (found 109. "A");
  check bool "expires" false (found 110. "a");
  check bool "not before it was said" false (found 99. "a");
  Dns_cache.add t ~now:100. ~ttl:0 (question "z") Nothing;
  check bool "without a lifetime" false (found 100. "z");
  Dns_cache.add t ~now:100. ~ttl:20 (question "b") Nothing;
  Dns_cache.add t ~now:100. ~ttl:30 (question "c") Nothing;
  check (list bool) "the first to expire makes room" [ false; true; true ]
    (List.map (found 100.) [ "a"; "b"; "c" ]);
  check int "bounded" 2 (Dns_cache.length t)

(* {1 Damage} *)

let damage =
  let whole =
    Replies.(
      reply "www.example.org"
        [ cname "b.net"; a ~owner:(name "b.net") one; aaaa (String.make 16 '1') ]
        ~authority:[ soa ~minimum:5 () ] ~additional:[ opt () ])
  in
  let at = QCheck.Gen.int_bound (String.length whole - 1) in
  let change = QCheck.Gen.(pair at char) in
  QCheck.Test.make ~count:20_000 ~name:"no damage raises"
    (QCheck.make QCheck.Gen.(list_size (int_range 1 6) change))
    (fun changes ->
      let octets = Bytes.of_string whole in
      List.iter (fun (at, c) -> Bytes.set octets at c) changes;
      match Dns_message.reply (Bytes.to_string octets) with
      | None -> true
      | Some reply ->
          ignore (Dns_answer.of_reply (question "www.example.org") reply);
          true)

let () =
  let quick label test = test_case label `Quick test in
  run "mirage-runtime-dns"
    [
      ("names", [ quick "names" names; quick "search" search ]);
      ( "messages",
        [ quick "query" query; quick "answers" answers; quick "malformed" malformed ] );
      ("queries", [ quick "exchange" exchange ]);
      ("cache", [ quick "cache" cache ]);
      ("damage", [ test_case "random" `Quick (fun () -> QCheck.Test.check_exn damage) ]);
    ]
