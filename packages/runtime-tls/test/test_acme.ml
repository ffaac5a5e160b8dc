(* SPDX-License-Identifier: ISC *)
(* An order of a certificate, with an authority that says what the tests want. *)

open Mirage_runtime_tls_core
open Mirage_runtime_tls_acme

let check = Alcotest.(check string)
let octets = Versions.Octets.of_string

(* RFC 4648, section 10, in the alphabet of section 5. *)
let base64url () =
  List.iter
    (fun (text, expected) -> check text expected (Base64url.encode text))
    [
      ("", ""); ("f", "Zg"); ("fo", "Zm8"); ("foo", "Zm9v"); ("foob", "Zm9vYg");
      ("fooba", "Zm9vYmE"); ("foobar", "Zm9vYmFy"); ("\xfb\xff\xfe", "-__-");
    ]

let json () =
  let same text =
    match Json.of_string text with
    | Ok json -> check text text (Json.to_string json)
    | Error why -> Alcotest.fail why
  in
  List.iter same
    [ {|{"a":[1,-2.5,true,false,null,"x\"\\"],"b":{}}|}; "[]"; {|"é"|}; {|"\u0001"|} ];
  (match Json.of_string {| "\ud83d\ude00\u00e9\n\/" |} with
  | Ok (String text) -> check "escapes" "\xf0\x9f\x98\x80\xc3\xa9\n/" text
  | _ -> Alcotest.fail "escapes");
  let refused (text, why) =
    match Json.of_string text with
    | Ok _ -> Alcotest.failf "%s was read" text
    | Error found -> check text ("no JSON: " ^ why) found
  in
  List.iter refused
    [
      ("", "a digit is missing at offset 0");
      ("[1,]", "a digit is missing at offset 3");
      ("01", "something follows the value at offset 1");
      ({|{"a":1,"a":2}|}, {|the member "a" comes twice at offset 13|});
      ({|"\ud800"|}, {|'\\' is missing at offset 7|});
      ({|"\udc00"|}, "half a surrogate pair at offset 7");
      ({|"a|}, "a string without end at offset 2");
      ({|"\u12|}, {|\u is cut off at offset 3|});
      ("nul", "no value at offset 0");
      (String.make 40 '[', "nested too deeply at offset 33");
    ]

(* The example of RFC 7515, appendix A.3: a key whose coordinates are known. *)
let private_key =
  Result.get_ok
    (X509.Private_key.of_string ~seed_or_data:`Data `P256
       "jpsQnnGQmL+YBIffH1136cspYG6+0iY7X1fCE9+E9LI=")

let key =
  Result.get_ok
    (Jws.key_of_pem
       (Versions.Octets.to_string (X509.Private_key.encode_pem private_key)))

let text name json = Option.get (Json.text name json)

let decode encoded =
  Result.get_ok (Base64.decode ~pad:false ~alphabet:Base64.uri_safe_alphabet encoded)

let parse text = Result.get_ok (Json.of_string text)

let signature () =
  let body = Jws.sign key Key ~nonce:"n" ~url:"https://a.test/" "{}" in
  let jws = parse body in
  let header = parse (decode (text "protected" jws)) in
  let jwk = Option.get (Json.member "jwk" header) in
  check "x" "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU" (text "x" jwk);
  check "y" "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" (text "y" jwk);
  check "alg" "ES256" (text "alg" header);
  check "nonce" "n" (text "nonce" header);
  let signed = text "protected" jws ^ "." ^ text "payload" jws in
  let rs = decode (text "signature" jws) in
  Alcotest.(check int) "octets of a signature" 64 (String.length rs);
  let public =
    match private_key with
    | `P256 key -> Mirage_crypto_ec.P256.Dsa.pub_of_priv key
    | _ -> assert false
  in
  Alcotest.(check bool)
    "verified" true
    (Mirage_crypto_ec.P256.Dsa.verify ~key:public
       (octets (String.sub rs 0 32), octets (String.sub rs 32 32))
       (octets (Primitives.Hash.digest `SHA256 signed)))

(* {1 An authority} *)

let url path = "https://ca.test/" ^ path

let directory =
  Printf.sprintf
    {|{"newNonce":"%s","newAccount":"%s","newOrder":"%s","meta":{"termsOfService":"https://ca.test/terms"}}|}
    (url "nonce") (url "account") (url "orders")

let challenge = {|{"type":"http-01","url":"https://ca.test/c","token":"tok"}|}

let authorization status extra =
  Printf.sprintf
    {|{"status":"%s","identifier":{"type":"dns","value":"a.test"},"challenges":[%s]}|}
    status extra

let order status extra =
  Printf.sprintf
    {|{"status":"%s","authorizations":["%s"],"finalize":"%s"%s}|} status
    (url "z") (url "f") extra

let problem kind detail =
  Printf.sprintf {|{"type":"urn:ietf:params:acme:error:%s","detail":"%s"}|} kind detail

type reply = { status : int; retry : float option; location : string; body : string }

let reply ?(status = 200) ?retry ?(location = "") body =
  { status; retry; location; body }

(* What answers each URL, one reply after the other; the last one stays. *)
let usual =
  [
    ("directory", [ reply directory ]);
    ("nonce", [ reply "" ]);
    ("account", [ reply ~status:201 ~location:(url "me") "{}" ]);
    ("orders", [ reply ~status:201 ~location:(url "o") (order "pending" "") ]);
    ( "z",
      [
        reply (authorization "pending" challenge);
        reply ~retry:7. (authorization "pending" challenge);
        reply (authorization "valid" challenge);
      ] );
    ("c", [ reply challenge ]);
    ( "o",
      [
        reply (order "ready" "");
        reply ~retry:3. (order "processing" "");
        reply (order "valid" {|,"certificate":"https://ca.test/x"|});
      ] );
    ("f", [ reply (order "processing" "") ]);
    ("x", [ reply "CHAIN" ]);
  ]

(* [play changes] runs an order to its end against [usual] with [changes]: what was done, and
   the end. *)
let play ?url:account_url changes =
  let replies = Hashtbl.create 16 in
  List.iter (fun (name, list) -> Hashtbl.replace replies name list) (usual @ changes);
  let nonces = ref 0 in
  let answer ({ url = asked; meth; body } : Acme.request) : Acme.response =
    let name = String.sub asked 16 (String.length asked - 16) in
    let reply =
      match Hashtbl.find replies name with
      | [ last ] -> last
      | first :: rest ->
          Hashtbl.replace replies name rest;
          first
      | [] -> assert false
    in
    if meth = `POST then begin
      let header = parse (decode (text "protected" (parse body))) in
      check "signed for" asked (text "url" header);
      check "the latest nonce" (Printf.sprintf "nonce%d" !nonces) (text "nonce" header)
    end;
    incr nonces;
    let field = function
      | "replay-nonce" when meth <> `GET -> Some (Printf.sprintf "nonce%d" !nonces)
      | "location" when reply.location <> "" -> Some reply.location
      | _ -> None
    in
    { status = reply.status; field; retry_after = reply.retry; body = reply.body }
  in
  let rec follow done_ steps : Acme.step -> _ = function
    | _ when steps = 0 -> Alcotest.fail "it has no end"
    | Request (request, next) -> follow done_ (steps - 1) (next (answer request))
    | Wait (seconds, next) ->
        follow (Printf.sprintf "wait %g" seconds :: done_) (steps - 1) (next ())
    | Prove ({ domain; key_authorization; _ }, next) ->
        check "key authorization" ("tok." ^ Jws.thumbprint key) key_authorization;
        follow (("prove " ^ domain) :: done_) (steps - 1) (next ())
    | Keep ({ url; _ }, next) ->
        follow (("keep " ^ Option.get url) :: done_) (steps - 1) (next ())
    | Tell (sentence, next) -> follow (sentence :: done_) (steps - 1) (next ())
    | Done chain -> (List.rev done_, Ok chain)
    | Failed { why; retry_after } -> (List.rev done_, Error (why, retry_after))
  in
  follow [] 200
    (Acme.obtain
       { directory = url "directory"; key; url = account_url }
       {
         domains = [ "a.test" ];
         contacts = [];
         challenge = Http_01;
         request = "request";
       })

let outcome = Alcotest.(result string (pair string (option (float 0.))))

let registered =
  [
    "keep https://ca.test/me";
    "an account was made, under the terms of https://ca.test/terms";
  ]

let ordered () =
  let steps, result = play [] in
  Alcotest.(check (list string))
    "steps"
    (registered @ [ "prove a.test"; "wait 7"; "wait 3" ])
    steps;
  Alcotest.check outcome "chain" (Ok "CHAIN") result;
  let steps, result = play ~url:(url "old") [] in
  Alcotest.(check (list string)) "no account is made" [ "prove a.test"; "wait 7"; "wait 3" ] steps;
  Alcotest.check outcome "chain" (Ok "CHAIN") result

let repeated () =
  let bad = reply ~status:400 (problem "badNonce" "old") in
  let chain = Ok "CHAIN" in
  let ready = reply ~status:201 ~location:(url "o") (order "pending" "") in
  Alcotest.check outcome "two nonces" chain (snd (play [ ("orders", [ bad; bad; ready ]) ]));
  let gone = reply ~status:400 (problem "accountDoesNotExist" "gone") in
  let steps, result = play ~url:(url "old") [ ("orders", [ gone; ready ]) ] in
  Alcotest.check outcome "a new account" chain result;
  Alcotest.(check (list string))
    "is kept" registered
    (List.filteri (fun i _ -> i < 2) steps)

let refusals =
  [
    ("directory", reply ~status:503 ~retry:120. "",
     "the authority's directory: it answers with status 503", Some 120.);
    ("directory", reply "<html>", "the authority's answer is no JSON: a digit is missing at offset 0", None);
    ("directory", reply {|{"newNonce":"http://ca.test/"}|},
     "the authority's URL of newNonce does not start with https://", None);
    ("account", reply ~status:403 (problem "externalAccountRequired" "who are you"),
     "the account: it wants an account of its own (external account binding), which there is \
      not here: who are you (externalAccountRequired)", None);
    ("account", reply ~status:201 "{}", "the authority names no URL of the account", None);
    ("orders", reply ~status:429 ~retry:3600. (problem "rateLimited" "slowly"),
     "the order: it had too many requests: slowly (rateLimited)", Some 3600.);
    ("orders", reply ~status:400 (problem "badNonce" "never"),
     "the order: it refuses the nonce: never (badNonce)", None);
    ("orders", reply ~status:403
       {|{"type":"urn:ietf:params:acme:error:rejectedIdentifier","subproblems":[{"identifier":{"value":"a.test"},"detail":"a\u0007b"}]}|},
     "the order: it gives no certificates for the domain (rejectedIdentifier); a.test: it \
      refuses: a b", None);
    ("z", reply (authorization "pending" {|{"type":"dns-01"}|}),
     "a.test: the authority offers no challenge http-01", None);
    ("z", reply (authorization "pending" {|{"type":"http-01","url":"https://ca.test/c","token":"a/b"}|}),
     "a.test: the authority's token is malformed", None);
    ("z", reply {|{"status":"pending","identifier":{"type":"dns","value":"b.test"}}|},
     "the authority wants a domain authorized that nobody ordered", None);
    ("z", reply (authorization "pending" challenge),
     "a.test: the authority does not come to an end", None);
    ("c", reply ~status:500 "oops", "a.test: it answers with status 500", None);
    ("o", reply (order "invalid" ({|,"error":|} ^ problem "caa" "no")),
     "the order is invalid: CAA records of the domain forbid it: no (caa)", None);
    ("f", reply ~status:403 (problem "badCSR" "names"),
     "the order: it refuses the certificate request: names (badCSR)", None);
    ("x", reply ~status:404 "", "the certificate: it answers with status 404", None);
    ("z", reply (authorization "invalid" ""),
     "an authorization is refused: the authority does not say why", None);
  ]

let refused () =
  List.iter
    (fun (name, reply, why, retry_after) ->
      Alcotest.check outcome why
        (Error (why, retry_after))
        (snd (play [ (name, [ reply ]) ])))
    refusals;
  let failed =
    authorization "invalid"
      ({|{"type":"http-01","error":|} ^ problem "connection" "refused" ^ "}")
  in
  Alcotest.check outcome "a failed challenge"
    (Error ("a.test: it cannot connect to this server: refused (connection)", None))
    (snd
       (play
          [ ("z", [ reply (authorization "pending" challenge); reply failed ]) ]))

(* {1 Certificates and the store} *)

let certificates () =
  let key, _ = Acme_certificate.request Pki.random ~domains:[ "a.test" ] in
  let private_key = Result.get_ok (X509.Private_key.decode_pem (octets key)) in
  let chain ?from ?until names =
    Pki.pem (Pki.sign ?from ?until ~by:(Some Pki.root) "x" private_key (Pki.names names))
  in
  let accept ?(domains = [ "a.test" ]) certificates =
    Result.map ignore
      (Acme_certificate.accept ~now:Pki.now ~domains ~certificates ~key)
  in
  let expect what expected found =
    Alcotest.(check (result unit string)) what expected found
  in
  expect "good" (Ok ()) (accept (chain [ "a.test" ]));
  expect "other name" (Error "the certificate is not for b.test")
    (accept ~domains:[ "a.test"; "b.test" ] (chain [ "a.test" ]));
  expect "expired" (Error "the certificate has expired")
    (accept (chain ~from:(-3) ~until:(-1) [ "a.test" ]));
  expect "early" (Error "the certificate is not valid yet")
    (accept (chain ~from:1 ~until:3 [ "a.test" ]));
  expect "other key" (Error "the private key does not belong to the first certificate")
    (accept (Pki.pem Pki.root.certificate));
  let renewal = Acme_certificate.renewal ~certificates:(chain ~from:(-1) ~until:2 [ "a.test" ]) in
  let days = Ptime.Span.to_float_s (Ptime.diff (Result.get_ok renewal) Pki.now) /. 86400. in
  Alcotest.(check (float 0.001)) "at two thirds" 1. days

let slots () =
  let account = Some { Acme.directory = url "d"; key; url = Some (url "me") } in
  let certificate = Some { Acme_state.chain = "c"; key = "k" } in
  let text = Acme_state.(to_string { account; certificate }) in
  check "read and written" text
    (Acme_state.to_string (Result.get_ok (Acme_state.of_string text)));
  let slot = Acme_state.slot ~sequence:3 text in
  let place = slot ^ String.make 100 '\000' in
  let kind place =
    match Acme_state.content place with
    | Blank -> "blank"
    | Torn -> "torn"
    | Foreign -> "foreign"
    | Slot (n, found) -> if found = text then Printf.sprintf "slot %d" n else "other"
  in
  check "whole" "slot 3" (kind place);
  check "blank" "blank" (kind (String.make 512 '\000'));
  check "foreign" "foreign" (kind "other");
  for length = 14 to String.length slot - 1 do
    let torn = String.sub slot 0 length ^ String.make 1000 '\000' in
    check (string_of_int length) "torn" (kind torn)
  done

let tls_alpn () =
  let answer = { Acme.domain = "a.test"; token = "t"; key_authorization = "t.x" } in
  let proof = Acme_certificate.proof Pki.random ~now:Pki.now answer in
  let usual = Pki.identity [ "a.test" ] in
  let server =
    {
      (Server.config ~protocols:[ "http/1.1" ] ~random:Pki.random [ usual ]) with
      challenges = [ proof ];
    }
  in
  let connect ?(server = server) ?(trust = Pki.trust) ?(name = "a.test") protocols =
    let name = Result.get_ok (Trust.name_of_string name) in
    fst
      (Pair.make (Client.config ~protocols ~random:Pki.random ~trust name) server)
  in
  let pinned =
    let certificate =
      Result.get_ok
        (X509.Certificate.decode_der (octets (List.hd (Identity.chain proof))))
    in
    Trust.pinned
      (Versions.Octets.to_string
         (X509.Public_key.fingerprint ~hash:`SHA256
            (X509.Certificate.public_key certificate)))
  in
  let protocol (side : Pair.side) =
    match Connection.session side.t with
    | Some { protocol = Some protocol; _ } -> protocol
    | Some _ -> "none"
    | None -> Pair.failure side
  in
  check "others are not disturbed" "http/1.1" (protocol (connect [ "http/1.1" ]));
  check "the probe sees the proof" "acme-tls/1"
    (protocol (connect ~trust:pinned [ "acme-tls/1" ]));
  check "not beside others" "http/1.1"
    (protocol (connect [ "acme-tls/1"; "http/1.1" ]));
  check "not for other names" "no_application_protocol"
    (protocol (connect ~name:"b.test" [ "acme-tls/1" ]));
  let empty = Server.config ~random:Pki.random [] in
  check "no certificate yet" "handshake_failure" (protocol (connect ~server:empty []))

let tests =
  [
    Alcotest.test_case "base64url" `Quick base64url;
    Alcotest.test_case "JSON" `Quick json;
    Alcotest.test_case "a signed request" `Quick signature;
    Alcotest.test_case "an order" `Quick ordered;
    Alcotest.test_case "what is repeated" `Quick repeated;
    Alcotest.test_case "refusals in words" `Quick refused;
    Alcotest.test_case "certificates" `Quick certificates;
    Alcotest.test_case "the store's slots" `Quick slots;
    Alcotest.test_case "tls-alpn-01" `Quick tls_alpn;
  ]
