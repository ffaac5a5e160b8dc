(* SPDX-License-Identifier: ISC *)
(* The simple handshake of RFC 8448, 3: its messages are read and written octet for
   octet, and every secret comes out as printed there. *)

open Mirage_runtime_tls_core

let octets hex =
  String.init
    (String.length hex / 2)
    (fun i -> Char.chr (int_of_string ("0x" ^ String.sub hex (2 * i) 2)))

let client_hello =
  octets
    "010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7\
     000006130113031302010000910000000b0009000006736572766572ff01000100000a001400\
     12001d0017001800190100010101020103010400230000003300260024001d002099381de560\
     e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003020304000d0020\
     001e040305030603020308040805080604010501060102010402050206020202002d00020101\
     001c00024001"

let server_hello =
  octets
    "020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928\
     00130100002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1\
     dd69b1b04e751f0f002b00020304"

let encrypted_extensions =
  octets
    "080000240022000a00140012001d00170018001901000101010201030104001c000240010000\
     0000"

let certificate =
  octets
    "0b0001b9000001b50001b0308201ac30820115a003020102020102300d06092a864886f70d01\
     010b0500300e310c300a06035504031303727361301e170d3136303733303031323335395a17\
     0d3236303733303031323335395a300e310c300a0603550403130372736130819f300d06092a\
     864886f70d010101050003818d0030818902818100b4bb498f8279303d980836399b36c6988c\
     0c68de55e1bdb826d3901a2461eafd2de49a91d015abbc9a95137ace6c1af19eaa6af98c7ced\
     43120998e187a80ee0ccb0524b1b018c3e0b63264d449a6d38e22a5fda430846748030530ef0\
     461c8ca9d9efbfae8ea6d1d03e2bd193eff0ab9a8002c47428a6d35a8d88d79f7f1e3f020301\
     0001a31a301830090603551d1304023000300b0603551d0f0404030205a0300d06092a864886\
     f70d01010b05000381810085aad2a0e5b9276b908c65f73a7267170618a54c5f8a7b337d2df7\
     a594365417f2eae8f8a58c8f8172f9319cf36b7fd6c55b80f21a03015156726096fd335e5e67\
     f2dbf102702e608ccae6bec1fc63a42a99be5c3eb7107c3c54e9b9eb2bd5203b1c3b84e0a8b2\
     f759409ba3eac9d91d402dcc0cc8f8961229ac9187b42b4de10000"

let certificate_verify =
  octets
    "0f000084080400805a747c5d88fa9bd2e55ab085a61015b7211f824cd484145ab3ff52f1fda8\
     477b0b7abc90db78e2d33a5c141a078653fa6bef780c5ea248eeaaa785c4f394cab6d30bbe8d\
     4859ee511f602957b15411ac027671459e46445c9ea58c181e818e95b8c3fb0bf3278409d3be\
     152a3da5043e063dda65cdf5aea20d53dfacd42f74f3"

let finished =
  octets
    "140000209b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718"

let client_secret =
  octets
    "49af42ba7f7994852d713ef2784bcbcaa7911de26adc5642cb634540e7ea5005"

let hex text =
  String.concat ""
    (List.map
       (fun c -> Printf.sprintf "%02x" (Char.code c))
       (List.of_seq (String.to_seq text)))

let check what expected actual =
  Alcotest.(check string) what expected (hex actual)

let transcript messages =
  Transcript.hash
    (List.fold_left Transcript.add
       (Transcript.choose Transcript.empty `SHA256)
       messages)

let written () =
  List.iter
    (fun raw ->
      let message = Message.read raw in
      check (Message.name message) (hex raw) (Message.write message))
    [
      client_hello;
      server_hello;
      encrypted_extensions;
      certificate;
      certificate_verify;
      finished;
    ]

let shared_secret () =
  let secret, _ =
    Primitives.Exchange.generate (fun _ -> client_secret) Suite.Group.X25519
  in
  match Message.read server_hello with
  | Server_hello { extensions; _ } ->
      let share = Option.get (Extension.(find key_share extensions)) in
      let _, share = Extension.read_share share in
      Option.get (Primitives.Exchange.shared secret share)
  | _ -> Alcotest.fail "no ServerHello"

let secrets () =
  let shared = shared_secret () in
  check "shared" 
    "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d" shared;
  let early = Key_schedule.early `SHA256 ~psk:None in
  let handshake =
    Key_schedule.handshake early ~shared
      ~transcript:(transcript [ client_hello; server_hello ])
  in
  let server = Key_schedule.server_handshake_secret handshake in
  check "client handshake" 
    "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"
    (Key_schedule.client_handshake_secret handshake);
  check "server handshake" 
    "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38" server;
  let key, iv = Key_schedule.traffic_keys Suite.Aes_128_gcm_sha256 server in
  check "key" "3fce516009c21727d0f2e4e86ee403bc" key;
  check "iv" "5d313eb2671276ee13000b30" iv;
  let before_finished =
    [
      client_hello;
      server_hello;
      encrypted_extensions;
      certificate;
      certificate_verify;
    ]
  in
  let mac =
    Key_schedule.finished `SHA256 ~secret:server
      ~transcript:(transcript before_finished)
  in
  check "Finished" (hex finished) ("\020\000\000\032" ^ mac);
  let master =
    Key_schedule.master handshake
      ~transcript:(transcript (before_finished @ [ finished ]))
  in
  check "client application" 
    "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"
    (Key_schedule.client_application_secret master);
  check "server application" 
    "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"
    (Key_schedule.server_application_secret master)

let tests =
  [
    Alcotest.test_case "messages" `Quick written;
    Alcotest.test_case "secrets" `Quick secrets;
  ]
