(* SPDX-License-Identifier: ISC *)

open Session
module Group = Suite.Group
module Scheme = Suite.Scheme

type client_certificates = Not_asked | Optional of Trust.t | Required of Trust.t

type config = {
  identities : Identity.t list;
  suites : Suite.t list;
  groups : Group.t list;
  protocols : string list;
  client_certificates : client_certificates;
  tickets : Ticket.keys option;
  challenges : Identity.t list;
  random : Primitives.random;
}

let config ?(suites = Suite.all) ?(groups = Group.all) ?(protocols = [])
    ?(client_certificates = Not_asked) ?(tickets = Some (Ticket.keys ()))
    ~random identities =
  {
    identities;
    suites;
    groups;
    protocols;
    client_certificates;
    tickets;
    challenges = [];
    random;
  }

let acme_protocol = "acme-tls/1"

(* What HelloRetryRequest asked for. *)
type retry = {
  first : Message.client_hello;
  group : Group.t;
  suite : Suite.t;
  transcript : Transcript.t;
}

(* After the server's Finished. *)
type flight = {
  session : Session.t;
  schedule : Key_schedule.handshake;
  master : Key_schedule.master;
  transcript : Transcript.t;
  trust : Trust.t option;  (** set if the client was asked for certificates *)
  certificate_required : bool;
}

type state =
  | Wait_client_hello of retry option
  | Wait_certificate of flight
  | Wait_certificate_verify of flight
  | Wait_finished of flight

type t = { config : config; state : state }

let start config = { config; state = Wait_client_hello None }
let tls13 = 0x0304

(* ClientHello: what it must have, and what can be chosen from it. *)

let extension (hello : Message.client_hello) n =
  Extension.find n hello.extensions

let read hello n read_body = Option.map read_body (extension hello n)

let need hello n name =
  match extension hello n with
  | Some body -> body
  | None -> Alert.fatal Missing_extension "ClientHello without %s" name

let check_version (hello : Message.client_hello) =
  match read hello Extension.supported_versions Extension.read_versions with
  | Some versions when List.mem tls13 versions ->
      if hello.legacy_version < 0x0300 then
        Alert.fatal Protocol_version "ClientHello of version %04x"
          hello.legacy_version;
      if hello.compressions <> "\000" then
        Alert.fatal Illegal_parameter "ClientHello with compression"
  | _ ->
      Alert.fatal Protocol_version
        "the client offers no TLS 1.3, which is all that is served"

let choose_suite config (hello : Message.client_hello) =
  match
    List.find_opt
      (fun suite -> List.mem (Suite.to_int suite) hello.suites)
      config.suites
  with
  | Some suite -> suite
  | None -> Alert.fatal Handshake_failure "no cipher suite in common"

type exchange = Share of Group.t * string | Retry of Group.t

let choose_group config hello =
  let groups =
    Extension.read_numbers
      (need hello Extension.supported_groups "supported_groups")
  in
  let shares =
    Extension.read_shares (need hello Extension.key_share "key_share")
  in
  (* RFC 8446, 4.2.8: shares stand in the order of the groups, and for these only. *)
  let rec in_order shares groups =
    match (shares, groups) with
    | [], _ -> ()
    | (s, _) :: shares', g :: groups' ->
        in_order (if s = g then shares' else shares) groups'
    | (s, _) :: _, [] ->
        Alert.fatal Illegal_parameter "a key share of group %04x out of place" s
  in
  in_order shares groups;
  let common =
    List.filter (fun g -> List.mem (Group.to_int g) groups) config.groups
  in
  let share g =
    Option.map
      (fun octets -> Share (g, octets))
      (List.assoc_opt (Group.to_int g) shares)
  in
  match (List.find_map share common, common) with
  | Some share, _ -> share
  | None, group :: _ -> Retry group
  | None, [] -> Alert.fatal Handshake_failure "no group in common"

let choose_protocol config hello =
  match
    read hello Extension.application_protocols Extension.read_protocols
  with
  | None -> None
  | Some _ when config.protocols = [] -> None
  | Some offered -> (
      match List.find_opt (fun p -> List.mem p offered) config.protocols with
      | Some protocol -> Some protocol
      | None ->
          Alert.fatal No_application_protocol "no application protocol in common")

(* The certificate that proves the name: RFC 8737, section 3. *)
let find_challenge config hello server_name =
  let offered =
    read hello Extension.application_protocols Extension.read_protocols
  in
  match (offered, server_name) with
  | Some [ protocol ], Some name when protocol = acme_protocol ->
      List.find_opt (fun i -> Identity.serves i name) config.challenges
  | _ -> None

let choose_identity config hello server_name =
  let schemes =
    Extension.read_numbers
      (need hello Extension.signature_algorithms "signature_algorithms")
  in
  let serving =
    match server_name with
    | None -> []
    | Some name ->
        List.filter (fun i -> Identity.serves i name) config.identities
  in
  let usable identity =
    Option.map
      (fun scheme -> (identity, scheme))
      (Identity.scheme identity schemes)
  in
  match List.find_map usable (serving @ config.identities) with
  | Some pair -> pair
  | None ->
      Alert.fatal Handshake_failure
        (if config.identities = [] then "there is no certificate yet"
        else "no certificate whose signatures the client takes")

(* Tickets. *)

(* The first ticket that this server sealed for the same hash and name. *)
let find_ticket config ~now suite server_name (offer : Extension.offer) =
  match (config.tickets, config.client_certificates) with
  | None, _ | _, Required _ -> None
  | Some keys, _ ->
      let good ticket =
        match Ticket.unseal keys ~now ticket with
        | Some content
          when Suite.hash content.suite = Suite.hash suite
               && content.server_name = server_name ->
            Some content.key
        | _ -> None
      in
      let rec search index = function
        | [] -> None
        | (ticket, _) :: rest -> (
            match good ticket with
            | Some key -> Some (index, key)
            | None -> search (index + 1) rest)
      in
      search 0 offer.identities

let resume config ~now suite server_name raw transcript hello =
  match read hello Extension.pre_shared_key Extension.read_offer with
  | None -> None
  | Some offer ->
      let last, _ = List.nth hello.extensions (List.length hello.extensions - 1) in
      if last <> Extension.pre_shared_key then
        Alert.fatal Illegal_parameter "pre_shared_key is not the last extension";
      if List.length offer.identities <> List.length offer.binders then
        Alert.fatal Illegal_parameter "as many binders as tickets are needed";
      let modes =
        Extension.read_modes
          (need hello Extension.psk_key_exchange_modes "psk_key_exchange_modes")
      in
      let found =
        if modes then find_ticket config ~now suite server_name offer else None
      in
      Option.map
        (fun (index, key) ->
          let early =
            Key_schedule.early (Suite.hash suite) ~psk:(Some key)
          in
          let partial =
            String.sub raw 0 (String.length raw - offer.binders_length)
          in
          let binder =
            Key_schedule.binder early
              ~truncated:(Transcript.hash ~partial transcript)
          in
          if not (Primitives.equal binder (List.nth offer.binders index)) then
            Alert.fatal Decrypt_error "a wrong binder";
          (index, early))
        found

(* HelloRetryRequest: RFC 8446, 4.1.2 and 4.1.4. *)

let changed_by_retry =
  Extension.[ key_share; early_data; cookie; pre_shared_key; padding ]

let same_but_for_retry (a : Message.client_hello) (b : Message.client_hello) =
  let kept (h : Message.client_hello) =
    List.filter (fun (n, _) -> not (List.mem n changed_by_retry)) h.extensions
  in
  a.random = b.random && a.session_id = b.session_id && a.suites = b.suites
  && a.compressions = b.compressions
  && a.legacy_version = b.legacy_version
  && kept a = kept b

let check_second retry hello group =
  if not (same_but_for_retry retry.first hello) then
    Alert.fatal Illegal_parameter "the second ClientHello is another one";
  if extension hello Extension.early_data <> None then
    Alert.fatal Illegal_parameter "early_data in the second ClientHello";
  match group with
  | Share (g, _) when g = retry.group -> ()
  | _ -> Alert.fatal Illegal_parameter "not the key share that was asked for"

let server_hello (hello : Message.client_hello) suite random extensions :
    Message.server_hello =
  {
    legacy_version = 0x0303;
    random;
    session_id = hello.session_id;
    suite = Suite.to_int suite;
    compression = 0;
    extensions = Extension.write_version tls13 :: extensions;
  }

let change_cipher_spec (hello : Message.client_hello) =
  if hello.session_id = "" then [] else [ Emit_change_cipher_spec ]

let early_data hello =
  match extension hello Extension.early_data with
  | Some body ->
      Extension.read_empty body;
      [ Skip_early_data ]
  | None -> []

let ask_again t raw hello suite group =
  let message =
    Message.write
      (Hello_retry_request
         (server_hello hello suite Message.retry_random
            [ Extension.write_group (Group.to_int group) ]))
  in
  let transcript =
    Transcript.(after_retry (choose (add empty raw) (Suite.hash suite)))
  in
  let transcript = Transcript.add transcript message in
  let retry = { first = hello; group; suite; transcript } in
  ( (Emit message :: change_cipher_spec hello) @ early_data hello,
    Some { t with state = Wait_client_hello (Some retry) } )

(* The server's flight. *)

let encrypted_extensions hello ~named protocol =
  let limit =
    match
      read hello Extension.record_size_limit Extension.read_record_size_limit
    with
    | Some _ -> [ Extension.write_record_size_limit 16385 ]
    | None -> []
  in
  let protocol =
    match protocol with
    | Some p -> [ Extension.write_protocols [ p ] ]
    | None -> []
  in
  let name = if named then [ (Extension.server_name, "") ] else [] in
  name @ limit @ protocol

let certificate_request =
  Message.Certificate_request
    {
      context = "";
      extensions =
        [
          Extension.(
            write_numbers signature_algorithms
              (List.map Scheme.to_int Scheme.all @ Scheme.only_in_certificates));
        ];
    }

let trust_of config ~resumed =
  match config.client_certificates with
  | Not_asked -> (None, false)
  | _ when resumed -> (None, false)
  | Optional trust -> (Some trust, false)
  | Required trust -> (Some trust, true)

let answer t ~now retry raw (hello : Message.client_hello) =
  let config = t.config in
  let suite = choose_suite config hello in
  (match read hello Extension.cookie Extension.read_cookie with
  | Some _ -> Alert.fatal Illegal_parameter "a cookie that was never given"
  | None -> ());
  ignore (read hello Extension.psk_key_exchange_modes Extension.read_modes);
  let exchange = choose_group config hello in
  let before =
    match retry with
    | None -> Transcript.(choose empty (Suite.hash suite))
    | Some retry ->
        check_second retry hello exchange;
        if suite <> retry.suite then
          Alert.fatal Illegal_parameter "another cipher suite after the retry";
        retry.transcript
  in
  match exchange with
  | Retry group -> ask_again t raw hello suite group
  | Share (group, share) ->
      let server_name =
        Option.join
          (read hello Extension.server_name Extension.read_server_name)
      in
      let challenge = find_challenge config hello server_name in
      let config, protocol =
        match challenge with
        | Some proof ->
            ( { config with identities = [ proof ]; tickets = None },
              Some acme_protocol )
        | None -> (config, choose_protocol config hello)
      in
      let ticket = resume config ~now suite server_name raw before hello in
      let identity =
        if ticket = None then Some (choose_identity config hello server_name)
        else None
      in
      let secret, own_share =
        Primitives.Exchange.generate config.random group
      in
      let shared =
        match Primitives.Exchange.shared secret share with
        | Some shared -> shared
        | None -> Alert.fatal Illegal_parameter "a key share that is no point"
      in
      let limit =
        match
          read hello Extension.record_size_limit
            Extension.read_record_size_limit
        with
        | Some limit -> [ Limit_records limit ]
        | None -> []
      in
      let transcript = Transcript.add before raw in
      let chosen =
        match ticket with
        | Some (index, _) -> [ Extension.write_chosen index ]
        | None -> []
      in
      let hello_message =
        Message.write
          (Server_hello
             (server_hello hello suite (config.random 32)
                (Extension.write_share (Group.to_int group, own_share) :: chosen)))
      in
      let transcript = Transcript.add transcript hello_message in
      let early =
        match ticket with
        | Some (_, early) -> early
        | None -> Key_schedule.early (Suite.hash suite) ~psk:None
      in
      let schedule =
        Key_schedule.handshake early ~shared
          ~transcript:(Transcript.hash transcript)
      in
      let server_secret = Key_schedule.server_handshake_secret schedule in
      let resumed = ticket <> None in
      let trust, certificate_required = trust_of config ~resumed in
      (* Messages in order, each seen by the transcript before the next is made. *)
      let transcript = ref transcript in
      let say message =
        let raw = Message.write message in
        transcript := Transcript.add !transcript raw;
        Emit raw
      in
      let extensions =
        say
          (Encrypted_extensions
             (encrypted_extensions hello
                ~named:(server_name <> None && not resumed)
                protocol))
      in
      let request =
        if trust = None then [] else [ say certificate_request ]
      in
      let proof =
        match identity with
        | None -> []
        | Some (identity, scheme) ->
            let certificate =
              say
                (Certificate { context = ""; chain = Identity.chain identity })
            in
            let signature =
              Primitives.Signature.sign config.random scheme
                (Identity.key identity)
                (Transcript.to_be_signed Server !transcript)
            in
            let verify =
              say
                (Certificate_verify
                   { scheme = Scheme.to_int scheme; signature })
            in
            [ certificate; verify ]
      in
      let finished =
        say
          (Finished
             (Key_schedule.finished (Suite.hash suite) ~secret:server_secret
                ~transcript:(Transcript.hash !transcript)))
      in
      let master =
        Key_schedule.master schedule ~transcript:(Transcript.hash !transcript)
      in
      let session =
        { suite; group; resumed; server_name; protocol; peer = [] }
      in
      let flight =
        {
          session;
          schedule;
          master;
          transcript = !transcript;
          trust;
          certificate_required;
        }
      in
      let protect secret = Traffic.make suite secret in
      let actions =
        (Emit hello_message
        :: (if retry = None then change_cipher_spec hello else []))
        @ limit
        @ [ Protect_writes (protect server_secret); extensions ]
        @ request @ proof
        @ [
            finished;
            Protect_writes
              (protect (Key_schedule.server_application_secret master));
            Protect_reads
              (protect (Key_schedule.client_handshake_secret schedule));
          ]
        @ early_data hello
      in
      let state =
        if trust = None then Wait_finished flight else Wait_certificate flight
      in
      (actions, Some { t with state })

(* The client's flight. *)

let heard flight raw = Transcript.add flight.transcript raw

let certificate t ~now flight raw context chain =
  if context <> "" then
    Alert.fatal Illegal_parameter "a certificate with a context";
  match (chain, flight.trust) with
  | [], _ when flight.certificate_required ->
      Alert.fatal Certificate_required "the client shows no certificate"
  | [], _ | _, None ->
      let flight = { flight with transcript = heard flight raw } in
      { t with state = Wait_finished flight }
  | chain, Some trust ->
      let peer = Trust.client trust ~now chain in
      let session = { flight.session with peer } in
      let flight = { flight with session; transcript = heard flight raw } in
      { t with state = Wait_certificate_verify flight }

let certificate_verify t flight raw scheme signature =
  let key = X509.Certificate.public_key (List.hd flight.session.peer) in
  (match Scheme.of_int scheme with
  | Some scheme when Scheme.suits (X509.Public_key.key_type key) scheme ->
      let content = Transcript.to_be_signed Client flight.transcript in
      if not (Primitives.Signature.verify scheme key ~signature content) then
        Alert.fatal Decrypt_error "the client's signature is wrong"
  | _ ->
      Alert.fatal Illegal_parameter "a signature scheme that was not offered");
  let flight = { flight with transcript = heard flight raw } in
  { t with state = Wait_finished flight }

(* How many tickets a client gets, each for one connection (RFC 8446, C.4). *)
let tickets_given = 2

let new_tickets config ~now flight (secrets : Session.secrets) =
  match config.tickets with
  | Some keys when flight.session.peer = [] && not flight.certificate_required ->
      List.init tickets_given (fun n ->
          let nonce = Encoder.u8 n in
          let key =
            Key_schedule.resumption secrets.master
              ~transcript:secrets.finished ~nonce
          in
          let content =
            {
              Ticket.suite = flight.session.suite;
              key;
              issued = now;
              server_name = flight.session.server_name;
            }
          in
          Emit
            (Message.write
               (New_session_ticket
                  {
                    lifetime = Int32.of_int Ticket.lifetime;
                    age_add = String.get_int32_be (config.random 4) 0;
                    nonce;
                    ticket = Ticket.seal keys config.random ~now content;
                  })))
  | _ -> []

let finished t ~now flight raw mac =
  let suite = flight.session.suite in
  let expected =
    Key_schedule.finished (Suite.hash suite)
      ~secret:(Key_schedule.client_handshake_secret flight.schedule)
      ~transcript:(Transcript.hash flight.transcript)
  in
  if not (Primitives.equal expected mac) then
    Alert.fatal Decrypt_error "the client's Finished is wrong";
  let client =
    Traffic.make suite (Key_schedule.client_application_secret flight.master)
  in
  let secrets =
    { master = flight.master; finished = Transcript.hash (heard flight raw) }
  in
  [ Protect_reads client; Established (flight.session, secrets) ]
  @ new_tickets t.config ~now flight secrets

let step t ~now raw message =
  match (t.state, message) with
  | Wait_client_hello retry, Message.Client_hello hello ->
      check_version hello;
      answer t ~now retry raw hello
  | Wait_certificate flight, Certificate { context; chain } ->
      ([], Some (certificate t ~now flight raw context chain))
  | Wait_certificate_verify flight, Certificate_verify { scheme; signature } ->
      ([], Some (certificate_verify t flight raw scheme signature))
  | Wait_finished flight, Finished mac ->
      (finished t ~now flight raw mac, None)
  | _, message ->
      Alert.fatal Unexpected_message "%s out of turn" (Message.name message)
