(* SPDX-License-Identifier: ISC *)
(* A table of messages that are malformed or come at the wrong time, with the alert
   that RFC 8446 wants for each. *)

open Mirage_runtime_tls_core
open Puppet

let localhost = Result.get_ok (Trust.name_of_string "localhost")
let identities = lazy [ Pki.identity [ "localhost" ] ]

let server_config ?groups ?client_certificates ?protocols () =
  Server.config ?groups ?client_certificates ?protocols ~random:Pki.random
    (Lazy.force identities)

let client_config ?groups ?protocols ?identity ?ticket () =
  Client.config ?groups ?protocols ?identity ?ticket ~random:Pki.random
    ~trust:Pki.trust localhost

(* {2 Ways to spoil a message} *)

let framed kind body =
  Encoder.u8 kind ^ Encoder.vector24 [ body ]

let body raw = String.sub raw 4 (String.length raw - 4)
let kind raw = Char.code raw.[0]

(* One octet more behind the body, and one less. *)
let longer raw = framed (kind raw) (body raw ^ "\000")

let shorter raw =
  let body = body raw in
  framed (kind raw) (String.sub body 0 (String.length body - 1))

let with_hello change raw =
  match Message.read raw with
  | Client_hello hello -> Message.write (Client_hello (change hello))
  | _ -> raw

let with_server_hello change raw =
  match Message.read raw with
  | Server_hello hello -> Message.write (Server_hello (change hello))
  | Hello_retry_request hello ->
      Message.write (Hello_retry_request (change hello))
  | _ -> raw

let remove n = List.filter (fun (m, _) -> m <> n)

(* In its place, or at the end before a pre_shared_key. *)
let replace n body extensions =
  if List.mem_assoc n extensions then
    List.map (fun (m, b) -> if m = n then (n, body) else (m, b)) extensions
  else (n, body) :: extensions

let hello_extensions f (hello : Message.client_hello) =
  { hello with extensions = f hello.extensions }

let server_extensions f (hello : Message.server_hello) =
  { hello with extensions = f hello.extensions }

let u16 = Encoder.u16
let v8 x = Encoder.vector8 [ x ]
let v16 x = Encoder.vector16 [ x ]

(* {2 Rows} *)

type row = { what : string; alert : string; run : unit -> Pair.side }

let row what alert run = { what; alert; run }

(* A client's hello that was spoiled. *)
let hello what alert spoil =
  row ("ClientHello " ^ what) alert (fun () ->
      snd
        (attack_server
           ~say:(instead "ClientHello" (fun raw -> [ Message (spoil raw) ]))
           (client_config ()) (server_config ())))

let hello_field what alert f = hello what alert (with_hello f)

let hello_extension what alert n body =
  hello_field what alert (hello_extensions (replace n body))

let hello_without what alert n =
  hello_field ("without " ^ what) alert (hello_extensions (remove n))

let shares list =
  Encoder.vector16 (List.map (fun (g, o) -> u16 g ^ v16 o) list)

let p256_share = snd (Primitives.Exchange.generate Pki.random Suite.Group.P256)

let offer = Extension.write_offer
let binder = String.make 32 'b'

let hellos =
  [
    hello_without "supported_versions" "protocol_version"
      Extension.supported_versions;
    hello_extension "of TLS 1.2 only" "protocol_version"
      Extension.supported_versions
      (v8 (u16 0x0303));
    hello_extension "with an odd list of versions" "decode_error"
      Extension.supported_versions (v8 "\003\004\003");
    hello_extension "with no version" "decode_error"
      Extension.supported_versions (v8 "");
    hello_field "of legacy version 2.0" "protocol_version" (fun h ->
        { h with legacy_version = 0x0200 });
    hello_field "with compression" "illegal_parameter" (fun h ->
        { h with compressions = "\001\000" });
    hello_field "with only compression" "illegal_parameter" (fun h ->
        { h with compressions = "\001" });
    hello_field "without compression methods" "decode_error" (fun h ->
        { h with compressions = "" });
    hello_field "with a session of 33 octets" "decode_error" (fun h ->
        { h with session_id = String.make 33 's' });
    hello_field "without suites" "decode_error" (fun h -> { h with suites = [] });
    hello_field "with unknown suites" "handshake_failure" (fun h ->
        { h with suites = [ 0x0a0a; 0xc02f ] });
    hello "with an octet too many" "decode_error" longer;
    hello "with an octet too few" "decode_error" shorter;
    hello "that is empty" "decode_error" (fun _ -> framed 1 "");
    hello "that ends after its random" "decode_error" (fun raw ->
        framed 1 (String.sub (body raw) 0 34));
    hello_field "with no extension" "protocol_version" (fun h ->
        { h with extensions = [] });
    hello_without "key_share" "missing_extension" Extension.key_share;
    hello_without "supported_groups" "missing_extension"
      Extension.supported_groups;
    hello_without "signature_algorithms" "missing_extension"
      Extension.signature_algorithms;
    hello_extension "with a share of no group of its" "illegal_parameter"
      Extension.supported_groups
      (v16 (u16 0x0018));
    hello_field "without a group in common" "handshake_failure"
      (hello_extensions (fun e ->
           replace Extension.supported_groups
             (v16 (u16 0x001e))
             (replace Extension.key_share (v16 "") e)));
    hello_extension "with no groups" "decode_error" Extension.supported_groups
      (v16 "");
    hello_extension "with an odd list of groups" "decode_error"
      Extension.supported_groups (v16 "\000\029\000");
    hello_extension "with two shares of a group" "illegal_parameter"
      Extension.key_share
      (shares [ (0x17, p256_share); (0x17, p256_share) ]);
    hello_extension "with shares out of order" "illegal_parameter"
      Extension.key_share
      (shares [ (0x17, p256_share); (0x1d, String.make 32 'x') ]);
    hello_extension "with a share of an unknown group" "illegal_parameter"
      Extension.key_share
      (shares [ (0x1e, String.make 56 'x') ]);
    hello_extension "with an empty share" "decode_error" Extension.key_share
      (shares [ (0x1d, "") ]);
    hello_extension "with 31 octets for X25519" "illegal_parameter"
      Extension.key_share
      (shares [ (0x1d, String.make 31 'x') ]);
    hello_extension "with a point of small order" "illegal_parameter"
      Extension.key_share
      (shares [ (0x1d, String.make 32 '\000') ]);
    hello_extension "with a point off P-256" "illegal_parameter"
      Extension.key_share
      (shares [ (0x17, "\004" ^ String.make 64 '\001') ]);
    hello_extension "with the point at infinity" "illegal_parameter"
      Extension.key_share
      (shares [ (0x17, "\000") ]);
    hello_extension "with a compressed point" "illegal_parameter"
      Extension.key_share
      (shares [ (0x17, "\002" ^ String.sub p256_share 1 32) ]);
    hello_extension "with a point of another curve" "illegal_parameter"
      Extension.key_share
      (shares [ (0x18, p256_share) ]);
    hello_extension "with a truncated list of shares" "decode_error"
      Extension.key_share "\000\010\000\029\000\032";
    hello_extension "with no signature algorithms" "decode_error"
      Extension.signature_algorithms (v16 "");
    hello_extension "with an odd list of algorithms" "decode_error"
      Extension.signature_algorithms (v16 "\004\003\004");
    hello_extension "without a signature in common" "handshake_failure"
      Extension.signature_algorithms
      (v16 (u16 0x0401 ^ u16 0x0807));
    hello_extension "with a cookie" "illegal_parameter" Extension.cookie
      (v16 "c");
    hello_extension "with an empty cookie" "decode_error" Extension.cookie
      (v16 "");
    hello_extension "with a record size limit of 63" "illegal_parameter"
      Extension.record_size_limit (u16 63);
    hello_extension "with a record size limit cut short" "decode_error"
      Extension.record_size_limit "\064";
    hello_extension "with an empty list of names" "decode_error"
      Extension.server_name (v16 "");
    hello_extension "with an empty name" "decode_error" Extension.server_name
      (v16 ("\000" ^ v16 ""));
    hello_extension "with two names" "illegal_parameter" Extension.server_name
      (v16 ("\000" ^ v16 "a" ^ "\000" ^ v16 "b"));
    hello_extension "with a NUL in the name" "illegal_parameter"
      Extension.server_name
      (v16 ("\000" ^ v16 "a\000b"));
    hello_extension "with content in early_data" "decode_error"
      Extension.early_data "x";
    hello_extension "with oid_filters" "illegal_parameter" 48 (v16 "");
    hello_field "with an extension twice" "illegal_parameter"
      (hello_extensions (fun e -> e @ [ List.hd e ]));
    hello_field "with an unknown extension twice" "illegal_parameter"
      (hello_extensions (fun e -> (0x2a2a, "") :: (0x2a2a, "") :: e));
    hello_field "with tickets but no modes" "missing_extension"
      (hello_extensions (fun e ->
           remove Extension.psk_key_exchange_modes e
           @ [ offer [ ("t", 0l) ] [ binder ] ]));
    hello_field "with tickets that are not last" "illegal_parameter"
      (hello_extensions (fun e -> offer [ ("t", 0l) ] [ binder ] :: e));
    hello_field "with fewer binders than tickets" "illegal_parameter"
      (hello_extensions (fun e ->
           e @ [ offer [ ("t", 0l); ("u", 0l) ] [ binder ] ]));
    hello_field "with a binder of 31 octets" "decode_error"
      (hello_extensions (fun e ->
           e @ [ offer [ ("t", 0l) ] [ String.make 31 'b' ] ]));
    hello_field "with tickets and no binders" "decode_error"
      (hello_extensions (fun e -> e @ [ offer [ ("t", 0l) ] [] ]));
    hello_field "with no ticket" "decode_error"
      (hello_extensions (fun e -> e @ [ offer [] [ binder ] ]));
    hello_field "with an empty ticket" "decode_error"
      (hello_extensions (fun e -> e @ [ offer [ ("", 0l) ] [ binder ] ]));
    hello_extension "with empty modes" "decode_error"
      Extension.psk_key_exchange_modes (v8 "");
  ]

(* The second hello, after a HelloRetryRequest for P-384. *)
let second_hello what alert f =
  row ("the second ClientHello " ^ what) alert (fun () ->
      let first = ref true in
      let say name raw =
        if name <> "ClientHello" then [ Message raw ]
        else if !first then begin
          first := false;
          [ Message raw ]
        end
        else [ Message (with_hello f raw) ]
      in
      snd
        (attack_server ~say (client_config ())
           (server_config ~groups:[ Suite.Group.P384 ] ())))

let second_hellos =
  [
    second_hello "with another random" "illegal_parameter" (fun h ->
        { h with random = String.make 32 'r' });
    second_hello "with another session" "illegal_parameter" (fun h ->
        { h with session_id = "" });
    second_hello "with fewer suites" "illegal_parameter" (fun h ->
        { h with suites = [ List.hd h.suites ] });
    second_hello "with another name" "illegal_parameter"
      (hello_extensions
         (replace Extension.server_name
            (snd (Extension.write_server_name "elsewhere"))));
    second_hello "without a name" "illegal_parameter"
      (hello_extensions (remove Extension.server_name));
    second_hello "with early data" "illegal_parameter"
      (hello_extensions (fun e -> (Extension.early_data, "") :: e));
    second_hello "with the share of another group" "illegal_parameter"
      (hello_extensions
         (replace Extension.key_share (shares [ (0x17, p256_share) ])));
    second_hello "without a share" "illegal_parameter"
      (hello_extensions (replace Extension.key_share (v16 "")));
    second_hello "with a cookie that was never given" "illegal_parameter"
      (hello_extensions (fun e -> Extension.write_cookie "c" :: e));
  ]

(* What the client under attack, or the server, gets before anything else. *)
let first_octets what alert octets =
  row ("first of all " ^ what) alert (fun () ->
      let victim =
        { Pair.t = Connection.server (server_config ()); events = [] }
      in
      ignore (Pair.receive victim [ Cstruct.of_string octets ]);
      victim)

let plain kind content =
  Printf.sprintf "%s\003\003%s%s" (Encoder.u8 kind)
    (u16 (String.length content))
    content

let records =
  [
    first_octets "an HTTP request" "unexpected_message" "GET / HTTP/1.1\r\n";
    first_octets "a hello of SSL 2.0" "unexpected_message"
      "\128\046\001\000\002\000\021\000";
    first_octets "a record of type 24" "unexpected_message" (plain 24 "x");
    first_octets "application data" "unexpected_message"
      (plain 23 (String.make 40 'x'));
    first_octets "change_cipher_spec" "unexpected_message" (plain 20 "\001");
    first_octets "an empty handshake record" "unexpected_message" (plain 22 "");
    first_octets "a record of 16,385 octets" "record_overflow"
      ("\022\003\003" ^ u16 0x4001);
    first_octets "data of 16,641 octets" "record_overflow"
      ("\023\003\003" ^ u16 0x4101);
    first_octets "an alert of one octet" "decode_error" (plain 21 "\002");
    first_octets "an alert of three octets" "decode_error"
      (plain 21 "\002\040\000");
    first_octets "an alert of level 3" "illegal_parameter" (plain 21 "\003\040");
    first_octets "an empty alert" "decode_error" (plain 21 "");
    first_octets "a Finished" "unexpected_message"
      (plain 22 (framed 20 (String.make 32 'f')));
    first_octets "a KeyUpdate" "unexpected_message"
      (plain 22 (framed 24 "\000"));
    first_octets "a message of type 99" "unexpected_message"
      (plain 22 (framed 99 ""));
    first_octets "a HelloRequest" "unexpected_message" (plain 22 (framed 0 ""));
    first_octets "a message of 16 MB" "illegal_parameter"
      (plain 22 "\001\255\255\255x");
    first_octets "an alert in the middle of a hello" "unexpected_message"
      (plain 22 "\001\000\001" ^ plain 21 "\001\000");
    first_octets "data in the middle of a hello" "unexpected_message"
      (plain 22 "\001\000\001" ^ plain 23 (String.make 40 'x'));
  ]

(* {2 After the keys are there: clients that misbehave} *)

let from_client ?client_certificates ?identity what alert name said =
  row (what ^ " from a client") alert (fun () ->
      snd
        (attack_server ~say:(instead name said)
           (client_config ?identity ())
           (server_config ?client_certificates ())))

let other_client_flight =
  let instead_of_finished what alert said =
    from_client what alert "Finished" said
  in
  [
    instead_of_finished "a wrong Finished" "decrypt_error" (fun raw ->
        [ Message (framed 20 (String.map (fun _ -> 'f') (body raw))) ]);
    instead_of_finished "a Finished too long" "decrypt_error" (fun raw ->
        [ Message (longer raw) ]);
    instead_of_finished "a Finished too short" "decrypt_error" (fun raw ->
        [ Message (shorter raw) ]);
    instead_of_finished "an empty Finished" "decrypt_error" (fun _ ->
        [ Message (framed 20 "") ]);
    instead_of_finished "a corrupted record" "bad_record_mac" (fun raw ->
        [ Corrupted raw ]);
    instead_of_finished "a Finished in the open" "unexpected_message"
      (fun raw -> [ Raw (plain 22 raw) ]);
    instead_of_finished "data before Finished" "unexpected_message" (fun raw ->
        [ Protected (23, "early"); Message raw ]);
    instead_of_finished "a KeyUpdate before Finished" "unexpected_message"
      (fun _ -> [ Message (framed 24 "\000") ]);
    instead_of_finished "a Certificate that nobody asked for"
      "unexpected_message" (fun _ -> [ Message (framed 11 "\000\000\000\000") ]);
    instead_of_finished "EndOfEarlyData" "unexpected_message" (fun _ ->
        [ Message (framed 5 "") ]);
    instead_of_finished "an empty protected handshake record"
      "unexpected_message" (fun _ -> [ Protected (22, "") ]);
    instead_of_finished "an inner type 20" "unexpected_message" (fun _ ->
        [ Protected (20, "\001") ]);
    instead_of_finished "an inner type 24" "unexpected_message" (fun _ ->
        [ Protected (24, "x") ]);
    instead_of_finished "a record of padding alone" "unexpected_message"
      (fun _ -> [ Protected (0, "\000\000\000") ]);
    instead_of_finished "16,385 octets in a record" "record_overflow" (fun _ ->
        [ Protected (22, String.make 0x4001 'x') ]);
    instead_of_finished "17 octets that are no ciphertext" "bad_record_mac"
      (fun _ -> [ Raw (plain 23 (String.make 17 'x')) ]);
    instead_of_finished "less than a tag" "bad_record_mac" (fun _ ->
        [ Raw (plain 23 "x") ]);
    instead_of_finished "more behind Finished, under old keys"
      "unexpected_message" (fun raw -> [ Together [ raw; framed 24 "\000" ] ]);
    instead_of_finished "change_cipher_spec of 2" "unexpected_message"
      (fun _ -> [ Raw (plain 20 "\002") ]);
    instead_of_finished "change_cipher_spec of two octets" "unexpected_message"
      (fun _ -> [ Raw (plain 20 "\001\001") ]);
    instead_of_finished "a protected change_cipher_spec between pieces"
      "unexpected_message" (fun raw ->
        [ Protected (22, String.sub raw 0 3); Raw (plain 20 "\001") ]);
    instead_of_finished "another ClientHello" "unexpected_message" (fun _ ->
        [
          Message
            (Message.write
               (Client_hello
                  {
                    legacy_version = 0x0303;
                    random = String.make 32 'r';
                    session_id = "";
                    suites = [ 0x1301 ];
                    compressions = "\000";
                    extensions = [];
                  }));
        ]);
  ]

let somebody = lazy (Pki.identity [ "somebody" ])

let with_certificate what alert name said =
  row (what ^ " from a client with a certificate") alert (fun () ->
      snd
        (attack_server ~say:(instead name said)
           (client_config ~identity:(Lazy.force somebody) ())
           (server_config ~client_certificates:(Required Pki.trust) ())))

let client_certificates =
  [
    with_certificate "no certificate" "certificate_required" "Certificate"
      (fun _ -> [ Message (framed 11 "\000\000\000\000") ]);
    with_certificate "Finished at once" "unexpected_message" "Certificate"
      (fun _ -> [ Message (framed 20 (String.make 32 'f')) ]);
    with_certificate "a certificate with a context" "illegal_parameter"
      "Certificate" (fun raw ->
        let body = body raw in
        [
          Message
            (framed 11
               ("\001x" ^ String.sub body 1 (String.length body - 1)));
        ]);
    with_certificate "a certificate of noise" "bad_certificate" "Certificate"
      (fun _ ->
        [
          Message
            (Message.write
               (Certificate { context = ""; chain = [ "noise" ] }));
        ]);
    with_certificate "an empty entry" "decode_error" "Certificate" (fun _ ->
        [ Message (framed 11 "\000\000\000\005\000\000\000\000\000") ]);
    with_certificate "a wrong signature" "decrypt_error" "CertificateVerify"
      (fun raw ->
        [
          Message
            (String.mapi
               (fun i c -> if i = String.length raw - 1 then '\001' else c)
               raw);
        ]);
    with_certificate "an empty signature" "decrypt_error" "CertificateVerify"
      (fun _ ->
        [
          Message
            (Message.write
               (Certificate_verify { scheme = 0x0403; signature = "" }));
        ]);
    with_certificate "a scheme of another key" "illegal_parameter"
      "CertificateVerify" (fun _ ->
        [
          Message
            (Message.write
               (Certificate_verify { scheme = 0x0804; signature = "s" }));
        ]);
    with_certificate "RSASSA-PKCS1-v1_5" "illegal_parameter"
      "CertificateVerify" (fun _ ->
        [
          Message
            (Message.write
               (Certificate_verify { scheme = 0x0401; signature = "s" }));
        ]);
    with_certificate "an unknown scheme" "illegal_parameter"
      "CertificateVerify" (fun _ ->
        [
          Message
            (Message.write
               (Certificate_verify { scheme = 0x0101; signature = "s" }));
        ]);
    with_certificate "no CertificateVerify" "unexpected_message"
      "CertificateVerify" (fun _ -> []);
    with_certificate "a CertificateVerify too long" "decode_error"
      "CertificateVerify" (fun raw -> [ Message (longer raw) ]);
  ]

(* {2 Servers that misbehave} *)

let from_server ?(groups = Suite.Group.all) ?client_certificates ?protocols
    what alert name said =
  row (what ^ " from a server") alert (fun () ->
      snd
        (attack_client ~say:(instead name said)
           (server_config ~groups ?client_certificates ?protocols ())
           (client_config ())))

let server_hello what alert f =
  from_server ("ServerHello " ^ what) alert "ServerHello" (fun raw ->
      [ Message (with_server_hello f raw) ])

let server_hello_extension what alert n body =
  server_hello what alert (server_extensions (replace n body))

let random_with tail =
  String.make 24 'r' ^ tail

let server_hellos =
  [
    server_hello "of legacy version 3.4" "illegal_parameter" (fun h ->
        { h with legacy_version = 0x0304 });
    server_hello "of another session" "illegal_parameter" (fun h ->
        { h with session_id = "" });
    server_hello "with a suite of TLS 1.2" "illegal_parameter" (fun h ->
        { h with suite = 0xc02f });
    server_hello "with an unknown suite" "illegal_parameter" (fun h ->
        { h with suite = 0x1304 });
    server_hello "with compression" "illegal_parameter" (fun h ->
        { h with compression = 1 });
    server_hello "of TLS 1.2" "protocol_version" (fun h ->
        { h with extensions = [] });
    server_hello "of TLS 1.2 after a downgrade" "illegal_parameter" (fun h ->
        { h with extensions = []; random = random_with "DOWNGRD\001" });
    server_hello "of TLS 1.1 after a downgrade" "illegal_parameter" (fun h ->
        { h with extensions = []; random = random_with "DOWNGRD\000" });
    server_hello_extension "that chose TLS 1.2" "illegal_parameter"
      Extension.supported_versions (u16 0x0303);
    server_hello_extension "that chose TLS 1.4" "illegal_parameter"
      Extension.supported_versions (u16 0x0305);
    server_hello_extension "with a version too long" "decode_error"
      Extension.supported_versions "\003\004\000";
    server_hello "without key_share" "missing_extension"
      (server_extensions (remove Extension.key_share));
    server_hello_extension "with a share of another group" "illegal_parameter"
      Extension.key_share
      (u16 0x17 ^ v16 p256_share);
    server_hello_extension "with a share of an unknown group"
      "illegal_parameter" Extension.key_share
      (u16 0x1e ^ v16 (String.make 56 'x'));
    server_hello_extension "with a point of small order" "illegal_parameter"
      Extension.key_share
      (u16 0x1d ^ v16 (String.make 32 '\000'));
    server_hello_extension "with an empty share" "decode_error"
      Extension.key_share
      (u16 0x1d ^ v16 "");
    server_hello_extension "with a ticket that was not offered"
      "unsupported_extension" Extension.pre_shared_key (u16 0);
    server_hello_extension "with a name" "illegal_parameter"
      Extension.server_name "";
    server_hello_extension "with a protocol" "illegal_parameter"
      Extension.application_protocols
      (v16 (v8 "h2"));
    server_hello_extension "with a cookie" "illegal_parameter"
      Extension.cookie (v16 "c");
    server_hello_extension "with an unknown extension" "unsupported_extension"
      0x2a2a "";
    server_hello "with an extension twice" "illegal_parameter"
      (server_extensions (fun e -> e @ [ List.hd e ]));
    from_server "a ServerHello too long" "decode_error" "ServerHello"
      (fun raw -> [ Message (longer raw) ]);
    from_server "a ServerHello too short" "decode_error" "ServerHello"
      (fun raw -> [ Message (shorter raw) ]);
    from_server "a ClientHello" "unexpected_message" "ServerHello" (fun _ ->
        [
          Message
            (Message.write
               (Client_hello
                  {
                    legacy_version = 0x0303;
                    random = String.make 32 'r';
                    session_id = "";
                    suites = [ 0x1301 ];
                    compressions = "\000";
                    extensions = [];
                  }));
        ]);
    from_server "EncryptedExtensions first" "unexpected_message" "ServerHello"
      (fun _ -> [ Message (framed 8 "\000\000") ]);
    from_server "data first" "unexpected_message" "ServerHello" (fun _ ->
        [ Raw (plain 23 (String.make 40 'x')) ]);
    from_server "more behind ServerHello in the open" "unexpected_message"
      "ServerHello" (fun raw -> [ Together [ raw; framed 8 "\000\000" ] ]);
  ]

let retry what alert f =
  from_server ~groups:[ Suite.Group.P384 ]
    ("HelloRetryRequest " ^ what)
    alert "HelloRetryRequest"
    (fun raw -> [ Message (with_server_hello f raw) ])

let retries =
  [
    retry "that asks for nothing" "illegal_parameter"
      (server_extensions (remove Extension.key_share));
    retry "for the group of the share" "illegal_parameter"
      (server_extensions (replace Extension.key_share (u16 0x1d)));
    retry "for a group that was not offered" "illegal_parameter"
      (server_extensions (replace Extension.key_share (u16 0x1e)));
    retry "with a whole share" "decode_error"
      (server_extensions
         (replace Extension.key_share (u16 0x17 ^ v16 p256_share)));
    retry "with an empty cookie" "decode_error"
      (server_extensions (replace Extension.cookie (v16 "")));
    retry "with a ticket" "illegal_parameter"
      (server_extensions (replace Extension.pre_shared_key (u16 0)));
    retry "with an unknown extension" "unsupported_extension"
      (server_extensions (replace 0x2a2a ""));
    retry "with a suite that was not offered" "illegal_parameter" (fun h ->
        { h with suite = 0x1304 });
    retry "without a version" "protocol_version"
      (server_extensions (remove Extension.supported_versions));
    from_server ~groups:[ Suite.Group.P384 ] "two HelloRetryRequests"
      "unexpected_message" "ServerHello" (fun raw ->
        [
          Message
            (with_server_hello
               (fun h ->
                 {
                   h with
                   random = Message.retry_random;
                   extensions =
                     replace Extension.key_share (u16 0x17) h.extensions;
                 })
               raw);
        ]);
    from_server ~groups:[ Suite.Group.P384 ] "another suite after the retry"
      "illegal_parameter" "ServerHello" (fun raw ->
        [ Message (with_server_hello (fun h -> { h with suite = 0x1303 }) raw) ]);
  ]

let extensions what alert list =
  from_server ("EncryptedExtensions " ^ what) alert "EncryptedExtensions"
    (fun _ -> [ Message (Message.write (Encrypted_extensions list)) ])

let certificate_request extensions =
  Message.write (Certificate_request { context = ""; extensions })

let server_flight =
  let noise chain =
    Message.write (Certificate { context = ""; chain })
  in
  let verify scheme signature =
    [ Message (Message.write (Certificate_verify { scheme; signature })) ]
  in
  [
    extensions "with a protocol nobody asked for" "unsupported_extension"
      [ Extension.write_protocols [ "h2" ] ];
    extensions "with content in server_name" "decode_error"
      [ (Extension.server_name, "x") ];
    extensions "with key_share" "illegal_parameter"
      [ (Extension.key_share, "") ];
    extensions "with supported_versions" "illegal_parameter"
      [ Extension.write_version 0x0304 ];
    extensions "with early data" "unsupported_extension"
      [ (Extension.early_data, "") ];
    extensions "with an unknown extension" "unsupported_extension"
      [ (0x2a2a, "") ];
    extensions "with an extension twice" "illegal_parameter"
      [ (Extension.server_name, ""); (Extension.server_name, "") ];
    extensions "with a record size limit of 63" "illegal_parameter"
      [ Extension.write_record_size_limit 63 ];
    from_server "EncryptedExtensions too long" "decode_error"
      "EncryptedExtensions" (fun raw -> [ Message (longer raw) ]);
    from_server "EncryptedExtensions twice" "unexpected_message"
      "EncryptedExtensions" (fun raw -> [ Message raw; Message raw ]);
    from_server "no EncryptedExtensions" "unexpected_message"
      "EncryptedExtensions" (fun _ -> []);
    from_server "EncryptedExtensions in the open" "unexpected_message"
      "EncryptedExtensions" (fun raw -> [ Raw (plain 22 raw) ]);
    from_server "no Certificate" "unexpected_message" "Certificate" (fun _ ->
        []);
    from_server "an empty chain" "decode_error" "Certificate" (fun _ ->
        [ Message (noise []) ]);
    from_server "a chain of noise" "bad_certificate" "Certificate" (fun _ ->
        [ Message (noise [ "noise" ]) ]);
    from_server "a certificate with a context" "illegal_parameter"
      "Certificate" (fun raw ->
        let body = body raw in
        [
          Message
            (framed 11
               ("\001x" ^ String.sub body 1 (String.length body - 1)));
        ]);
    from_server "a Certificate too short" "decode_error" "Certificate"
      (fun raw -> [ Message (shorter raw) ]);
    from_server "two Certificates" "unexpected_message" "Certificate"
      (fun raw -> [ Message raw; Message raw ]);
    from_server "no CertificateVerify" "unexpected_message"
      "CertificateVerify" (fun _ -> []);
    from_server "a wrong signature" "decrypt_error" "CertificateVerify"
      (fun _ -> verify 0x0403 "s");
    from_server "a scheme of another key" "illegal_parameter"
      "CertificateVerify" (fun _ -> verify 0x0807 "s");
    from_server "RSASSA-PKCS1-v1_5" "illegal_parameter" "CertificateVerify"
      (fun _ -> verify 0x0401 "s");
    from_server "a wrong Finished" "decrypt_error" "Finished" (fun raw ->
        [ Message (framed 20 (String.map (fun _ -> 'f') (body raw))) ]);
    from_server "a Finished too short" "decrypt_error" "Finished" (fun raw ->
        [ Message (shorter raw) ]);
    from_server "more behind Finished, under old keys" "unexpected_message"
      "Finished" (fun raw -> [ Together [ raw; framed 24 "\000" ] ]);
    from_server "a corrupted Finished" "bad_record_mac" "Finished" (fun raw ->
        [ Corrupted raw ]);
    from_server "data before Finished" "unexpected_message" "Finished"
      (fun _ -> [ Protected (23, "early") ]);
    from_server "a ticket before Finished" "unexpected_message" "Finished"
      (fun _ ->
        [
          Message
            (Message.write
               (New_session_ticket
                  { lifetime = 1l; age_add = 0l; nonce = ""; ticket = "t" }));
        ]);
    from_server "a CertificateRequest after Certificate" "unexpected_message"
      "CertificateVerify" (fun raw ->
        [
          Message
            (certificate_request
               [ Extension.(write_numbers signature_algorithms [ 0x0403 ]) ]);
          Message raw;
        ]);
    from_server "a CertificateRequest without algorithms" "missing_extension"
      "Certificate" (fun _ -> [ Message (certificate_request []) ]);
    from_server "a CertificateRequest with a context" "illegal_parameter"
      "Certificate" (fun _ ->
        [
          Message
            (Message.write
               (Certificate_request
                  {
                    context = "c";
                    extensions =
                      [
                        Extension.(
                          write_numbers signature_algorithms [ 0x0403 ]);
                      ];
                  }));
        ]);
    from_server "a CertificateRequest with key_share" "illegal_parameter"
      "Certificate" (fun _ ->
        [ Message (certificate_request [ (Extension.key_share, "") ]) ]);
  ]

(* {2 After the handshake} *)

let later_from_client what alert said =
  row ("later " ^ what ^ " from a client") alert (fun () ->
      let puppet, victim =
        attack_server ~say:honest (client_config ()) (server_config ())
      in
      tell puppet said;
      victim)

let later_from_server what alert said =
  row ("later " ^ what ^ " from a server") alert (fun () ->
      let puppet, victim =
        attack_client ~say:honest (server_config ()) (client_config ())
      in
      tell puppet said;
      victim)

let to_both what alert said =
  [ later_from_client what alert said; later_from_server what alert said ]

let ticket ?(ticket = "t") () =
  Message.write
    (New_session_ticket { lifetime = 1l; age_add = 0l; nonce = ""; ticket })

let later =
  List.concat
    [
      to_both "a KeyUpdate of kind 2" "illegal_parameter"
        [ Message (framed 24 "\002") ];
      to_both "an empty KeyUpdate" "decode_error" [ Message (framed 24 "") ];
      to_both "a KeyUpdate too long" "decode_error"
        [ Message (framed 24 "\000\000") ];
      to_both "more behind a KeyUpdate" "unexpected_message"
        [ Together [ framed 24 "\000"; framed 24 "\000" ] ];
      to_both "change_cipher_spec" "unexpected_message"
        [ Raw (plain 20 "\001") ];
      to_both "an alert in the open" "bad_record_mac"
        [ Raw (plain 23 (String.make 40 'x')) ];
      to_both "a handshake message in the open" "unexpected_message"
        [ Raw (plain 22 (framed 24 "\000")) ];
      to_both "a Finished" "unexpected_message"
        [ Message (framed 20 (String.make 32 'f')) ];
      to_both "data in the middle of a message" "unexpected_message"
        [ Protected (22, "\024\000"); Protected (23, "data") ];
      to_both "an alert of one octet" "decode_error" [ Protected (21, "\001") ];
      to_both "a record that cannot be decrypted" "bad_record_mac"
        [ Corrupted (framed 24 "\000") ];
      to_both "a Certificate" "unexpected_message"
        [ Message (framed 11 "\000\000\000\000") ];
      [
        later_from_client "a ticket" "unexpected_message"
          [ Message (ticket ()) ];
        later_from_server "an empty ticket" "decode_error"
          [ Message (ticket ~ticket:"" ()) ];
        later_from_server "a CertificateRequest" "unexpected_message"
          [
            Message
              (certificate_request
                 [ Extension.(write_numbers signature_algorithms [ 0x0403 ]) ]);
          ];
      ];
    ]

let table =
  hellos @ second_hellos @ records @ other_client_flight @ client_certificates
  @ server_hellos @ retries @ server_flight @ later

let test { what; alert; run } () =
  Alcotest.(check string) what alert (Pair.failure (run ()))

let tests =
  List.map
    (fun row ->
      Alcotest.test_case
        (Printf.sprintf "%s: %s" row.what row.alert)
        `Quick (test row))
    table
