(* SPDX-License-Identifier: ISC *)
(* Random damage, with the keys known: whatever a peer sends, a connection answers, or
   ends with an alert; it never raises, and never takes forged data for real. Each run
   starts at another place unless MIRAGE_FUZZ_SEED says where; MIRAGE_FUZZ is how many
   handshakes are damaged. *)

open Mirage_runtime_tls_core

let number name default =
  match Option.bind (Sys.getenv_opt name) int_of_string_opt with
  | Some n -> n
  | None -> default

let seed = number "MIRAGE_FUZZ_SEED" (int_of_float (Unix.gettimeofday ()))
let executions = number "MIRAGE_FUZZ" 400

(* One kind of damage. *)
let damaged random octets =
  let length = String.length octets in
  let at () = if length = 0 then 0 else Random.State.int random length in
  let byte () = Char.chr (Random.State.int random 256) in
  match Random.State.int random 7 with
  | 0 -> String.mapi (let n = at () in fun i c -> if i = n then byte () else c) octets
  | 1 -> String.sub octets 0 (at ())
  | 2 ->
      let n = at () in
      String.sub octets 0 n ^ String.make 1 (byte ())
      ^ String.sub octets n (length - n)
  | 3 ->
      let n = at () in
      let cut = min (length - n) (Random.State.int random 8) in
      String.sub octets 0 n ^ String.sub octets (n + cut) (length - n - cut)
  | 4 -> octets ^ octets
  | 5 ->
      (* A length, a number or a type of one or two octets at an extreme. *)
      let n = at () and extreme = [| '\000'; '\001'; '\127'; '\255' |] in
      let c = extreme.(Random.State.int random 4) in
      String.mapi (fun i o -> if i = n || i = n + 1 then c else o) octets
  | _ ->
      let a = at () and b = at () in
      let a, b = (min a b, max a b) in
      String.sub octets 0 a
      ^ String.sub octets b (length - b)
      ^ String.sub octets a (b - a)

let rec damage random octets =
  let octets = damaged random octets in
  if Random.State.int random 3 = 0 then damage random octets else octets

(* A message that is damaged with its header's length put right, and now and then not. *)
let damaged_message random raw =
  if Random.State.int random 4 = 0 then damage random raw
  else
    let body = damage random (String.sub raw 4 (String.length raw - 4)) in
    let body = String.sub body 0 (min (String.length body) 0xffff) in
    String.make 1 raw.[0] ^ Encoder.vector24 [ body ]

(* Damages one of the puppet's messages, its record, or the stream. *)
let saying random =
  let victim = Random.State.int random 6 and count = ref 0 in
  fun _name raw ->
    incr count;
    if !count - 1 <> victim then [ Puppet.Message raw ]
    else
      match Random.State.int random 5 with
      | 0 -> [ Corrupted raw ]
      | 1 -> [ Raw (damage random raw) ]
      | 2 -> [ Protected (Random.State.int random 256, damage random raw) ]
      | 3 -> [ Together [ raw; damaged_message random raw ] ]
      | _ -> [ Message (damaged_message random raw) ]

let server = lazy (Test_refusals.server_config ~client_certificates:(Optional Pki.trust) ())

let run random =
  let say = saying random in
  let client = Test_refusals.client_config ~identity:(Lazy.force Test_refusals.somebody) () in
  let _, victim =
    if Random.State.bool random then
      Puppet.attack_server ~say client (Lazy.force server)
    else Puppet.attack_client ~say (Lazy.force server) client
  in
  (* Nobody has sent data. *)
  if Pair.received victim <> "" then Alcotest.fail "data from nowhere";
  match victim.events with
  | _ when List.length victim.events > 64 -> Alcotest.fail "too many events"
  | _ -> ()

let damaged_handshakes () =
  for i = 0 to executions - 1 do
    let random = Random.State.make [| seed; i |] in
    match run random with
    | () -> ()
    | exception e ->
        Alcotest.failf "MIRAGE_FUZZ_SEED=%d, execution %d: %s" seed i
          (Printexc.to_string e)
  done

(* Octets that were never a handshake: the cheap part, so many more. *)
let noise () =
  let _, hello =
    Connection.client (Test_refusals.client_config ()) ~now:Pki.now
  in
  let hello = Cstruct.to_string (Cstruct.concat hello) in
  for i = 0 to (executions * 20) - 1 do
    let random = Random.State.make [| seed; i; 1 |] in
    let octets = damage random hello in
    let config =
      (* A hello that survives costs a handshake. *)
      Test_refusals.server_config ~groups:[ Suite.Group.P384 ] ()
    in
    match
      Connection.receive (Connection.server config) ~now:Pki.now
        (Cstruct.of_string octets)
    with
    | _ -> ()
    | exception e ->
        Alcotest.failf "MIRAGE_FUZZ_SEED=%d, noise %d: %s" seed i
          (Printexc.to_string e)
  done

let tests =
  [
    Alcotest.test_case "damaged handshakes" `Quick damaged_handshakes;
    Alcotest.test_case "damaged hellos" `Quick noise;
  ]
