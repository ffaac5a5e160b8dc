(* SPDX-License-Identifier: ISC *)
(* How fast TLS is, and the primitives alone: a line for each figure, for tools/bench/tls.mjs.

   Of a handshake in memory only the server's part is timed: what it does with what the
   client sends. Times are those of the processor. *)

open Mirage_runtime_tls_core

let seconds = 0.5
let rounds = 3
let median list = List.nth (List.sort compare list) (List.length list / 2)

(* [rate run] calls [run], which is the seconds that count of one call, for a while: how many
   calls a second, the median of some rounds. *)
let rate run =
  let round _ =
    let rec again calls sum =
      if sum >= seconds then Float.of_int calls /. sum
      else again (calls + 1) (sum +. run ())
    in
    again 0 0.
  in
  median (List.init rounds round)

let timed f =
  let start = Sys.time () in
  let result = f () in
  (result, Sys.time () -. start)

let whole f () = snd (timed f)
let tell name figure = Printf.printf "%s %.2f\n%!" name figure
let name = Result.get_ok (Trust.name_of_string "localhost")
let now = Ptime_clock.now ()

let random =
  let urandom = open_in_bin "/dev/urandom" in
  let seed = Versions.Octets.of_string (really_input_string urandom 64) in
  close_in urandom;
  let g = Mirage_crypto_rng.(create ~seed (module Fortuna)) in
  Mirage_crypto_rng.set_default_generator g;
  fun n -> Versions.Octets.to_string (Mirage_crypto_rng.generate ~g n)

let identity, _ = Self_signed.make random ~now ~hosts:[ "localhost" ] ~addresses:[]

(* A client that believes this key, and verifies its signature. *)
let trust =
  let public = X509.Private_key.public (Identity.key identity) in
  Trust.pinned
    (Versions.Octets.to_string (X509.Public_key.fingerprint ~hash:`SHA256 public))

let suite = Suite.Aes_128_gcm_sha256

let server_config =
  Server.config ~suites:[ suite ] ~groups:[ X25519 ] ~random [ identity ]

let client_config ?ticket () =
  Client.config ?ticket ~suites:[ suite ] ~groups:[ X25519 ] ~random
    ~trust name

(* {1 The primitives} *)

let scheme = Option.get (Identity.scheme identity [ 0x0403 ])

let exchange () =
  let secret, share = Primitives.Exchange.generate random X25519 in
  ignore (Primitives.Exchange.shared secret share)

let sign () =
  ignore
    (Primitives.Signature.sign random scheme (Identity.key identity)
       (String.make 98 'x'))

let record = 16384
let data = Cstruct.create record

let aead suite =
  let key = Primitives.Aead.key suite (String.make (Suite.key_length suite) 'k') in
  let nonce = String.make 12 'n' in
  fun () -> ignore (Primitives.Aead.encrypt key ~nonce ~adata:"12345" data)

let megabytes calls = calls *. Float.of_int record /. 1e6

(* {1 Connections} *)

(* Both sides after their handshake, and the seconds that the server took. *)
let handshake config =
  let client, hello = Connection.client config ~now in
  let server = Connection.server server_config in
  let (server, flight, _), first =
    timed (fun () -> Connection.receive server ~now (Cstruct.concat hello))
  in
  let client, finished, _ = Connection.receive client ~now (Cstruct.concat flight) in
  let (server, tickets, _), second =
    timed (fun () -> Connection.receive server ~now (Cstruct.concat finished))
  in
  (client, server, tickets, first +. second)

let ticket () =
  let client, _, tickets, _ = handshake (client_config ()) in
  let _, _, events = Connection.receive client ~now (Cstruct.concat tickets) in
  Option.get
    (List.find_map
       (function Connection.Offered ticket -> Some ticket | _ -> None)
       events)

let time_of (_, _, _, seconds) = seconds

let bulk () =
  let _, server, _, _ = handshake (client_config ()) in
  let server = ref server in
  whole (fun () -> server := fst (Connection.send !server [ data ]))

let connections = 1000

(* Octets of the heap that stay for a connection which waits. *)
let memory () =
  let live () =
    Gc.compact ();
    (Gc.stat ()).live_words * (Sys.word_size / 8)
  in
  let before = live () in
  let open_ =
    List.init connections (fun _ ->
        let _, server, _, _ = handshake (client_config ()) in
        server)
  in
  let after = live () in
  ignore (Sys.opaque_identity open_);
  Float.of_int (after - before) /. Float.of_int connections

let () =
  tell "exchange" (rate (whole exchange));
  tell "sign" (rate (whole sign));
  tell "aead-aes128" (megabytes (rate (whole (aead suite))));
  tell "aead-chacha" (megabytes (rate (whole (aead Chacha20_poly1305_sha256))));
  tell "full" (rate (fun () -> time_of (handshake (client_config ()))));
  let ticket = ticket () in
  tell "resumed" (rate (fun () -> time_of (handshake (client_config ~ticket ()))));
  tell "bulk" (megabytes (rate (bulk ())));
  tell "memory" (memory ())
