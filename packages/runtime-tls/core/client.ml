(* SPDX-License-Identifier: ISC *)

open Session
module Group = Suite.Group
module Scheme = Suite.Scheme

type config = {
  name : Trust.name;
  trust : Trust.t;
  identity : Identity.t option;
  suites : Suite.t list;
  groups : Group.t list;
  protocols : string list;
  ticket : Session.ticket option;
  random : Primitives.random;
}

let config ?identity ?(suites = Suite.all) ?(groups = Group.all)
    ?(protocols = []) ?ticket ~random ~trust name =
  if suites = [] || groups = [] then invalid_arg "Client.config";
  { name; trust; identity; suites; groups; protocols; ticket; random }

(* The ClientHello that was sent. *)
type offer = {
  hello : Message.client_hello;
  raw : string;
  secret : Primitives.Exchange.secret;
  ticket : Session.ticket option;
}

(* What HelloRetryRequest settled. *)
type retried = { transcript : Transcript.t; suite : int }

(* After ServerHello. *)
type talk = {
  session : Session.t;
  schedule : Key_schedule.handshake;
  transcript : Transcript.t;
  chain : string list;  (** of the server, as it sent it *)
  request : int list option;  (** signature schemes, if a certificate is wanted *)
}

type state =
  | Wait_server_hello of offer * retried option
  | Wait_encrypted_extensions of talk
  | Wait_certificate_or_request of talk
  | Wait_certificate of talk
  | Wait_certificate_verify of talk
  | Wait_finished of talk

type t = { config : config; state : state }

let tls13 = 0x0304

(* ClientHello. *)

let host_name config =
  match config.name with
  | Trust.Host name -> Some (Domain_name.to_string name)
  | Address _ -> None

(* RFC 8446, 4.2.11.1: in milliseconds, plus [age_add] modulo 2^32. *)
let obfuscated_age ~now (ticket : Session.ticket) =
  let seconds = Ptime.Span.to_float_s (Ptime.diff now ticket.received) in
  Int32.add
    (Int64.to_int32 (Int64.of_float (seconds *. 1000.)))
    ticket.age_add

let usable config ~now (ticket : Session.ticket) =
  let age = Ptime.Span.to_float_s (Ptime.diff now ticket.received) in
  age >= 0.
  && age < float_of_int ticket.lifetime
  && List.exists
       (fun suite -> Suite.hash suite = Suite.hash ticket.suite)
       config.suites

let common_extensions config share =
  let name =
    match host_name config with
    | Some name -> [ Extension.write_server_name name ]
    | None -> []
  in
  let protocols =
    if config.protocols = [] then []
    else [ Extension.write_protocols config.protocols ]
  in
  let schemes = List.map Scheme.to_int Scheme.all in
  name
  @ [
      Extension.(
        write_numbers supported_groups (List.map Group.to_int config.groups));
      Extension.(
        write_numbers signature_algorithms
          (schemes @ Scheme.only_in_certificates));
    ]
  @ protocols
  @ [
      Extension.write_record_size_limit 16385;
      Extension.write_versions [ tls13 ];
      Extension.modes_with_exchange;
      Extension.write_shares [ share ];
    ]

(* The binder covers the message up to itself: it is written with a blank first. *)
let with_ticket ~now transcript (hello : Message.client_hello)
    (ticket : Session.ticket) =
  let hash = Suite.hash ticket.suite in
  let offered binder =
    let extension =
      Extension.write_offer
        [ (ticket.ticket, obfuscated_age ~now ticket) ]
        [ binder ]
    in
    { hello with extensions = hello.extensions @ [ extension ] }
  in
  let blank = String.make (Primitives.Hash.size hash) '\000' in
  let raw = Message.write (Client_hello (offered blank)) in
  let binders = 2 + 1 + String.length blank in
  let partial = String.sub raw 0 (String.length raw - binders) in
  let early = Key_schedule.early hash ~psk:(Some ticket.key) in
  let truncated =
    Transcript.hash ~partial (Transcript.choose transcript hash)
  in
  offered (Key_schedule.binder early ~truncated)

let offer ~now transcript ticket hello secret =
  let hello =
    match ticket with
    | Some ticket -> with_ticket ~now transcript hello ticket
    | None -> hello
  in
  { hello; raw = Message.write (Client_hello hello); secret; ticket }

let start config ~now =
  let secret, share =
    Primitives.Exchange.generate config.random (List.hd config.groups)
  in
  let share = (Group.to_int (Primitives.Exchange.group secret), share) in
  let hello : Message.client_hello =
    {
      legacy_version = 0x0303;
      random = config.random 32;
      session_id = config.random 32;
      suites = List.map Suite.to_int config.suites;
      compressions = "\000";
      extensions = common_extensions config share;
    }
  in
  let ticket =
    match config.ticket with
    | Some ticket when usable config ~now ticket -> Some ticket
    | _ -> None
  in
  let offer = offer ~now Transcript.empty ticket hello secret in
  ([ Emit offer.raw ], { config; state = Wait_server_hello (offer, None) })

(* ServerHello and HelloRetryRequest. *)

let sentinels = [ "DOWNGRD\001"; "DOWNGRD\000" ]

let check_hello config offer (hello : Message.server_hello) =
  (match Extension.(find supported_versions hello.extensions) with
  | None ->
      if List.mem (String.sub hello.random 24 8) sentinels then
        Alert.fatal Illegal_parameter
          "the server speaks TLS 1.3, and somebody talked it out of it";
      Alert.fatal Protocol_version "the server speaks no TLS 1.3"
  | Some body ->
      let version = Extension.read_version body in
      if version <> tls13 || hello.legacy_version <> 0x0303 then
        Alert.fatal Illegal_parameter "the server chose version %04x" version);
  if hello.session_id <> offer.hello.session_id then
    Alert.fatal Illegal_parameter "another session identifier";
  if hello.compression <> 0 then
    Alert.fatal Illegal_parameter "compression was not offered";
  match Suite.of_int hello.suite with
  | Some suite when List.mem suite config.suites -> suite
  | _ -> Alert.fatal Illegal_parameter "a cipher suite that was not offered"

(* What a server says must answer what was offered (RFC 8446, 4.2). *)
let only allowed extensions =
  List.iter
    (fun (n, _) ->
      if not (List.mem n allowed) then
        Alert.fatal Unsupported_extension "extension %d was not asked for" n)
    extensions

(* The group that a HelloRetryRequest asks for: a new secret, and its share. *)
let asked_share config offer number =
  match Group.of_int number with
  | Some group
    when List.mem group config.groups
         && group <> Primitives.Exchange.group offer.secret ->
      let secret, share = Primitives.Exchange.generate config.random group in
      (secret, [ Extension.write_shares [ (number, share) ] ])
  | _ ->
      Alert.fatal Illegal_parameter "HelloRetryRequest asks for group %04x"
        number

let retry t ~now first raw (hello : Message.server_hello) =
  let suite = check_hello t.config first hello in
  only Extension.[ supported_versions; cookie; key_share ] hello.extensions;
  let asked n read = Option.map read (Extension.find n hello.extensions) in
  let cookie = asked Extension.cookie Extension.read_cookie in
  let group = asked Extension.key_share Extension.read_group in
  if cookie = None && group = None then
    Alert.fatal Illegal_parameter "HelloRetryRequest asks for no change";
  let secret, shares =
    match group with
    | None -> (first.secret, [])
    | Some number -> asked_share t.config first number
  in
  let kept (n, _) =
    n <> Extension.pre_shared_key && (n <> Extension.key_share || shares = [])
  in
  let cookies =
    List.map Extension.write_cookie (Option.to_list cookie)
  in
  let second =
    {
      first.hello with
      extensions = List.filter kept first.hello.extensions @ shares @ cookies;
    }
  in
  let ticket =
    match first.ticket with
    | Some ticket when Suite.hash ticket.suite = Suite.hash suite ->
        Some ticket
    | _ -> None
  in
  let transcript =
    Transcript.(choose (add empty first.raw) (Suite.hash suite))
  in
  let transcript = Transcript.(add (after_retry transcript) raw) in
  let again = offer ~now transcript ticket second secret in
  ( [ Emit_change_cipher_spec; Emit again.raw ],
    {
      t with
      state =
        Wait_server_hello (again, Some { transcript; suite = hello.suite });
    } )

let server_hello t offer retried raw (hello : Message.server_hello) =
  let config = t.config in
  let suite = check_hello config offer hello in
  (match retried with
  | Some { suite; _ } when suite <> hello.suite ->
      Alert.fatal Illegal_parameter "another cipher suite after the retry"
  | _ -> ());
  only
    Extension.[ supported_versions; key_share; pre_shared_key ]
    hello.extensions;
  let group, share =
    match Extension.(find key_share hello.extensions) with
    | Some body -> Extension.read_share body
    | None -> Alert.fatal Missing_extension "ServerHello without key_share"
  in
  if Some (Primitives.Exchange.group offer.secret) <> Group.of_int group then
    Alert.fatal Illegal_parameter "a key share of another group";
  let shared =
    match Primitives.Exchange.shared offer.secret share with
    | Some shared -> shared
    | None -> Alert.fatal Illegal_parameter "a key share that is no point"
  in
  let ticket =
    match
      (Extension.(find pre_shared_key hello.extensions), offer.ticket)
    with
    | None, _ -> None
    | Some _, None ->
        Alert.fatal Unsupported_extension "a ticket that was not offered"
    | Some body, Some ticket ->
        if Extension.read_chosen body <> 0 then
          Alert.fatal Illegal_parameter "a ticket that was not offered";
        if Suite.hash ticket.suite <> Suite.hash suite then
          Alert.fatal Illegal_parameter "a ticket of another hash";
        Some ticket
  in
  let before =
    match retried with
    | Some { transcript; _ } -> transcript
    | None -> Transcript.(choose empty (Suite.hash suite))
  in
  let transcript = Transcript.(add (add before offer.raw) raw) in
  let psk = Option.map (fun (t : Session.ticket) -> t.key) ticket in
  let schedule =
    Key_schedule.handshake
      (Key_schedule.early (Suite.hash suite) ~psk)
      ~shared
      ~transcript:(Transcript.hash transcript)
  in
  let session =
    {
      suite;
      group = Primitives.Exchange.group offer.secret;
      resumed = ticket <> None;
      server_name = host_name config;
      protocol = None;
      peer = [];
    }
  in
  let talk = { session; schedule; transcript; chain = []; request = None } in
  let protect secret = Traffic.make suite secret in
  ( [
      Protect_reads (protect (Key_schedule.server_handshake_secret schedule));
    ]
    @ (if retried = None then [ Emit_change_cipher_spec ] else [])
    @ [
        Protect_writes (protect (Key_schedule.client_handshake_secret schedule));
      ],
    { t with state = Wait_encrypted_extensions talk } )

(* The server's flight. *)

let heard talk raw = { talk with transcript = Transcript.add talk.transcript raw }

let encrypted_extensions t talk raw extensions =
  let config = t.config in
  let asked n yes = if yes then [ n ] else [] in
  only
    (Extension.[ supported_groups; record_size_limit ]
    @ asked Extension.server_name (host_name config <> None)
    @ asked Extension.application_protocols (config.protocols <> []))
    extensions;
  Option.iter Extension.read_empty Extension.(find server_name extensions);
  let protocol =
    match Extension.(find application_protocols extensions) with
    | None -> None
    | Some body -> (
        match Extension.read_protocols body with
        | [ protocol ] when List.mem protocol config.protocols -> Some protocol
        | _ ->
            Alert.fatal Illegal_parameter
              "an application protocol that was not offered")
  in
  let limit =
    match Extension.(find record_size_limit extensions) with
    | Some body -> [ Limit_records (Extension.read_record_size_limit body) ]
    | None -> []
  in
  let talk =
    heard { talk with session = { talk.session with protocol } } raw
  in
  let state =
    if talk.session.resumed then Wait_finished talk
    else Wait_certificate_or_request talk
  in
  (limit, { t with state })

let certificate_request t talk raw context extensions =
  if context <> "" then
    Alert.fatal Illegal_parameter "a CertificateRequest with a context";
  let schemes =
    match Extension.(find signature_algorithms extensions) with
    | Some body -> Extension.read_numbers body
    | None ->
        Alert.fatal Missing_extension
          "CertificateRequest without signature_algorithms"
  in
  let talk = heard { talk with request = Some schemes } raw in
  ([], { t with state = Wait_certificate talk })

let certificate t talk raw context chain =
  if context <> "" then
    Alert.fatal Illegal_parameter "a certificate with a context";
  if chain = [] then
    Alert.fatal Decode_error "the server shows no certificate";
  ([], { t with state = Wait_certificate_verify (heard { talk with chain } raw) })

let certificate_verify t ~now talk raw scheme signature =
  let peer = Trust.server t.config.trust ~now t.config.name talk.chain in
  let key = X509.Certificate.public_key (List.hd peer) in
  (match Scheme.of_int scheme with
  | Some scheme when Scheme.suits (X509.Public_key.key_type key) scheme ->
      let content = Transcript.to_be_signed Server talk.transcript in
      if not (Primitives.Signature.verify scheme key ~signature content) then
        Alert.fatal Decrypt_error "the server's signature is wrong"
  | _ ->
      Alert.fatal Illegal_parameter "a signature scheme that was not offered");
  let session = { talk.session with peer } in
  ([], { t with state = Wait_finished (heard { talk with session } raw) })

(* The client's flight: a certificate if one was asked for, and Finished. *)
let own_proof config transcript = function
  | None -> ([], transcript)
  | Some schemes -> (
      let say transcript message =
        let raw = Message.write message in
        (Emit raw, Transcript.add transcript raw)
      in
      let fitting =
        Option.bind config.identity (fun identity ->
            Option.map
              (fun scheme -> (identity, scheme))
              (Identity.scheme identity schemes))
      in
      match fitting with
      | None ->
          let nothing, transcript =
            say transcript (Certificate { context = ""; chain = [] })
          in
          ([ nothing ], transcript)
      | Some (identity, scheme) ->
          let certificate, transcript =
            say transcript
              (Certificate { context = ""; chain = Identity.chain identity })
          in
          let signature =
            Primitives.Signature.sign config.random scheme
              (Identity.key identity)
              (Transcript.to_be_signed Client transcript)
          in
          let verify, transcript =
            say transcript
              (Certificate_verify
                 { scheme = Scheme.to_int scheme; signature })
          in
          ([ certificate; verify ], transcript))

let finished t talk raw mac =
  let suite = talk.session.suite in
  let hash = Suite.hash suite in
  let finished secret transcript =
    Key_schedule.finished hash ~secret ~transcript:(Transcript.hash transcript)
  in
  let server = Key_schedule.server_handshake_secret talk.schedule in
  if not (Primitives.equal (finished server talk.transcript) mac) then
    Alert.fatal Decrypt_error "the server's Finished is wrong";
  let transcript = Transcript.add talk.transcript raw in
  let master =
    Key_schedule.master talk.schedule ~transcript:(Transcript.hash transcript)
  in
  let proof, transcript = own_proof t.config transcript talk.request in
  let client = Key_schedule.client_handshake_secret talk.schedule in
  let last = Message.write (Finished (finished client transcript)) in
  let transcript = Transcript.add transcript last in
  let protect secret = Traffic.make suite secret in
  proof
  @ [
      Emit last;
      Protect_reads (protect (Key_schedule.server_application_secret master));
      Protect_writes (protect (Key_schedule.client_application_secret master));
      Established
        (talk.session, { master; finished = Transcript.hash transcript });
    ]

let step t ~now raw message =
  let goes_on (actions, t) = (actions, Some t) in
  match (t.state, message) with
  | Wait_server_hello (offer, None), Message.Hello_retry_request hello ->
      goes_on (retry t ~now offer raw hello)
  | Wait_server_hello (offer, retried), Server_hello hello ->
      goes_on (server_hello t offer retried raw hello)
  | Wait_encrypted_extensions talk, Encrypted_extensions extensions ->
      goes_on (encrypted_extensions t talk raw extensions)
  | Wait_certificate_or_request talk, Certificate_request r ->
      goes_on (certificate_request t talk raw r.context r.extensions)
  | ( (Wait_certificate_or_request talk | Wait_certificate talk),
      Certificate { context; chain } ) ->
      goes_on (certificate t talk raw context chain)
  | Wait_certificate_verify talk, Certificate_verify { scheme; signature } ->
      goes_on (certificate_verify t ~now talk raw scheme signature)
  | Wait_finished talk, Finished mac -> (finished t talk raw mac, None)
  | _, message ->
      Alert.fatal Unexpected_message "%s out of turn" (Message.name message)

let week = 7 * 86400

let ticket (session : Session.t) secrets ~now (message : Message.ticket) =
  let lifetime =
    match Int32.unsigned_to_int message.lifetime with
    | Some seconds -> min seconds week
    | None -> week
  in
  if lifetime = 0 then None
  else
    Some
      {
        suite = session.suite;
        key =
          Key_schedule.resumption secrets.master ~transcript:secrets.finished
            ~nonce:message.nonce;
        ticket = message.ticket;
        age_add = message.age_add;
        lifetime;
        received = now;
      }
