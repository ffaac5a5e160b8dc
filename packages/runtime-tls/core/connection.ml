(* SPDX-License-Identifier: ISC *)

type failure = { alert : Alert.t; why : string; by_peer : bool }

type event =
  | Established of Session.t
  | Data of Cstruct.t
  | Offered of Session.ticket
  | End_of_data
  | Failed of failure

type role = Client_role of Client.t | Server_role of Server.t
type side = Client_side | Server_side

type phase =
  | Handshake of role
  | Open of side * Session.t * Session.secrets
  | Over  (** failed *)

type t = {
  phase : phase;
  input : Record_input.t;
  messages : Buffer.t;  (** the beginning of a handshake message *)
  reads : Traffic.t option;  (** protection of what comes *)
  writes : Traffic.t option;
  limit : int;  (** octets of content in a record that is sent *)
  hello_seen : bool;  (** the peer may send change_cipher_spec from here on *)
  skip : int;  (** octets of early data that may still be passed over *)
  read_closed : bool;
  write_closed : bool;
}

let max_content = 0x4000

(* Nobody gets a ticket for early data here: what comes all the same is for another
   server's ticket, and little. *)
let most_early_data = 0x10000

let initial phase =
  {
    phase;
    input = Record_input.empty;
    messages = Buffer.create 0;
    reads = None;
    writes = None;
    limit = max_content;
    hello_seen = (match phase with Handshake (Server_role _) -> false | _ -> true);
    skip = 0;
    read_closed = false;
    write_closed = false;
  }

(* Records out. *)

module Kind = struct
  let change_cipher_spec = 20
  let alert = 21
  let handshake = 22
  let application_data = 23
end

let record t kind content =
  match t.writes with
  | Some traffic ->
      let traffic, parts = Traffic.seal traffic kind content in
      ({ t with writes = Some traffic }, parts)
  | None ->
      let length = Encoder.u16 (Cstruct.length content) in
      let header = Cstruct.of_string (Encoder.u8 kind ^ "\003\003" ^ length) in
      (t, [ header; content ])

(* [records t kind content out] puts [content] on [out], which is in reverse. *)
let rec records t kind content out =
  let length = Cstruct.length content in
  if length <= t.limit then
    let t, parts = record t kind content in
    (t, List.rev_append parts out)
  else
    let first, rest = Cstruct.split content t.limit in
    let t, parts = record t kind first in
    records t kind rest (List.rev_append parts out)

let emit t message out = records t Kind.handshake (Cstruct.of_string message) out

let emit_change_cipher_spec out =
  Cstruct.of_string "\020\003\003\000\001\001" :: out

(* What a step of the handshake asks for. Messages that go out under the same keys
   share a record. *)

type effects = { t : t; out : Cstruct.t list; events : event list }

let nothing t = { t; out = []; events = [] }

let flush { t; out; events } held =
  match held with
  | [] -> { t; out; events }
  | held ->
      let t, out = emit t (String.concat "" (List.rev held)) out in
      { t; out; events }

let rec perform effects held actions =
  let t = effects.t in
  match actions with
  | [] -> flush effects held
  | Session.Emit message :: rest -> perform effects (message :: held) rest
  | action :: rest ->
      let effects = flush effects held in
      let t' = effects.t in
      let effects =
        match action with
        | Emit _ -> effects
        | Emit_change_cipher_spec ->
            { effects with out = emit_change_cipher_spec effects.out }
        | Protect_writes traffic ->
            { effects with t = { t' with writes = Some traffic } }
        | Protect_reads traffic ->
            (* RFC 8446, 5.1: no message spans a change of keys. *)
            if Buffer.length t.messages > 0 then
              Alert.fatal Unexpected_message "more before a change of keys";
            { effects with t = { t' with reads = Some traffic } }
        | Limit_records limit ->
            let limit = min max_content (limit - 1) in
            { effects with t = { t' with limit } }
        | Skip_early_data ->
            { effects with t = { t' with skip = most_early_data } }
        | Established (session, secrets) ->
            let side =
              match t'.phase with
              | Handshake (Client_role _) -> Client_side
              | _ -> Server_side
            in
            {
              effects with
              t = { t' with phase = Open (side, session, secrets); skip = 0 };
              events = Established session :: effects.events;
            }
        | Offered ticket ->
            { effects with events = Offered ticket :: effects.events }
      in
      perform effects [] rest

(* Handshake messages in. *)

let key_update t ~requested =
  Session.Emit (Message.write (Key_update { requested }))
  ::
  (match t.writes with
  | Some traffic -> [ Session.Protect_writes (Traffic.update traffic) ]
  | None -> [])

let after_handshake t ~now side session secrets message =
  match (message, side) with
  | Message.Key_update { requested }, _ ->
      let reads =
        match t.reads with
        | Some traffic -> [ Session.Protect_reads (Traffic.update traffic) ]
        | None -> []
      in
      let writes =
        if requested && not t.write_closed then key_update t ~requested:false
        else []
      in
      reads @ writes
  | New_session_ticket message, Client_side -> (
      match Client.ticket session secrets ~now message with
      | Some ticket -> [ Offered ticket ]
      | None -> [])
  | message, _ ->
      Alert.fatal Unexpected_message "%s after the handshake"
        (Message.name message)

let take_message effects ~now raw =
  let t = effects.t in
  let message = Message.read raw in
  let step actions role =
    let phase =
      match role with Some role -> Handshake role | None -> t.phase
    in
    perform { effects with t = { t with phase; hello_seen = true } } [] actions
  in
  match t.phase with
  | Handshake (Server_role server) ->
      let actions, server = Server.step server ~now raw message in
      step actions (Option.map (fun s -> Server_role s) server)
  | Handshake (Client_role client) ->
      let actions, client = Client.step client ~now raw message in
      step actions (Option.map (fun c -> Client_role c) client)
  | Open (side, session, secrets) ->
      perform effects [] (after_handshake t ~now side session secrets message)
  | Over -> effects

(* The next whole message of [buffer], which keeps what is behind it. *)
let next_message buffer =
  if Buffer.length buffer < 4 then None
  else
    let length = Decoder.(u24 (of_string (Buffer.sub buffer 1 3))) in
    if length > Message.max_length then
      Alert.fatal Illegal_parameter "a handshake message of %d octets" length;
    let total = 4 + length in
    if Buffer.length buffer < total then None
    else begin
      let raw = Buffer.sub buffer 0 total in
      let rest = Buffer.sub buffer total (Buffer.length buffer - total) in
      Buffer.reset buffer;
      Buffer.add_string buffer rest;
      Some raw
    end

let rec take_messages effects ~now =
  match next_message effects.t.messages with
  | None -> effects
  | Some raw -> take_messages (take_message effects ~now raw) ~now

let take_handshake effects ~now content =
  if Cstruct.length content = 0 then
    Alert.fatal Unexpected_message "a record without a piece of a message";
  Buffer.add_string effects.t.messages (Cstruct.to_string content);
  take_messages effects ~now

(* Alerts in: RFC 8446, 6. *)

let take_alert effects content =
  let t = effects.t in
  match (Alert.decode (Cstruct.to_string content), t.phase) with
  | User_canceled, _ -> effects
  | Close_notify, Open _ ->
      {
        effects with
        t = { t with read_closed = true };
        events = End_of_data :: effects.events;
      }
  | alert, _ ->
      let why =
        match alert with
        | Close_notify -> "closed during the handshake"
        | alert -> "the peer says " ^ Alert.to_string alert
      in
      {
        effects with
        t = { t with phase = Over };
        events = Failed { alert; why; by_peer = true } :: effects.events;
      }

(* Records in. *)

let between_messages t =
  if Buffer.length t.messages > 0 then
    Alert.fatal Unexpected_message "a record in the middle of a message"

let take_content effects ~now kind content =
  let t = effects.t in
  if kind = Kind.handshake then take_handshake effects ~now content
  else begin
    between_messages t;
    if kind = Kind.alert then take_alert effects content
    else if kind = Kind.application_data then
      match t.phase with
      | Open _ ->
          if Cstruct.length content = 0 then effects
          else { effects with events = Data content :: effects.events }
      | _ -> Alert.fatal Unexpected_message "data before the handshake's end"
    else Alert.fatal Unexpected_message "a protected record of type %d" kind
  end

let passed_over effects length =
  { effects with t = { effects.t with skip = effects.t.skip - length } }

let may_skip t body = t.skip >= Cstruct.length body

let take_change_cipher_spec effects body =
  let t = effects.t in
  between_messages t;
  match t.phase with
  | Handshake _ when t.hello_seen && Cstruct.to_string body = "\001" -> effects
  | _ -> Alert.fatal Unexpected_message "change_cipher_spec out of turn"

let take_protected effects ~now traffic header body =
  match Traffic.open_ traffic ~header body with
  | exception Alert.Fatal (Bad_record_mac, _) when may_skip effects.t body ->
      passed_over effects (Cstruct.length body)
  | traffic, kind, content ->
      if Cstruct.length content > max_content then
        Alert.fatal Record_overflow "a record of %d octets"
          (Cstruct.length content);
      let t = { effects.t with reads = Some traffic; skip = 0 } in
      take_content { effects with t } ~now kind content

let take_record effects ~now (record : Record_input.record) =
  let t = effects.t and body = record.body in
  if record.kind = Kind.change_cipher_spec then take_change_cipher_spec effects body
  else
    match t.reads with
    | Some traffic when record.kind = Kind.application_data ->
        take_protected effects ~now traffic record.header body
    | Some traffic when record.kind = Kind.alert && Traffic.records traffic = 0 -> (
        (* A peer that could not read our hello has no keys to say so. *)
        match t.phase with
        | Handshake _ -> take_alert effects body
        | _ -> Alert.fatal Unexpected_message "an alert in the open")
    | Some _ ->
        Alert.fatal Unexpected_message "a record of type %d in the open"
          record.kind
    | None when record.kind = Kind.handshake ->
        take_handshake { effects with t = { t with skip = 0 } } ~now body
    | None when record.kind = Kind.alert ->
        between_messages t;
        take_alert effects body
    | None when record.kind = Kind.application_data && may_skip t body ->
        passed_over effects (Cstruct.length body)
    | None ->
        Alert.fatal Unexpected_message "a record of type %d before the handshake"
          record.kind

let finish { t; out; events } = (t, List.rev out, List.rev events)

(* [effects] is what was done before the failure: nothing of it is lost. *)
let fail effects alert why =
  let t = effects.t in
  let t, out =
    if t.write_closed then (t, effects.out)
    else records t Kind.alert (Cstruct.of_string (Alert.encode alert)) effects.out
  in
  finish
    {
      t = { t with phase = Over; write_closed = true };
      out;
      events = Failed { alert; why; by_peer = false } :: effects.events;
    }

let deaf t = t.read_closed || match t.phase with Over -> true | _ -> false

let rec take_records effects ~now =
  if deaf effects.t then finish effects
  else
    match
      match Record_input.next effects.t.input with
      | None, _ -> None
      | Some record, input ->
          let t = { effects.t with input } in
          Some (take_record { effects with t } ~now record)
    with
    | None -> finish effects
    | Some effects -> take_records effects ~now
    | exception Alert.Fatal (alert, why) -> fail effects alert why

let receive t ~now octets =
  take_records (nothing { t with input = Record_input.add t.input octets }) ~now

(* What this side does of its own accord. *)

let client config ~now =
  let actions, client = Client.start config ~now in
  let t = initial (Handshake (Client_role client)) in
  let t, out, _ = finish (perform (nothing t) [] actions) in
  (t, out)

let server config = initial (Handshake (Server_role (Server.start config)))

let can_send t =
  match t.phase with Open _ -> not t.write_closed | _ -> false

let update_keys t ~request =
  if not (can_send t) then invalid_arg "Connection.update_keys";
  let t, out, _ = finish (perform (nothing t) [] (key_update t ~requested:request)) in
  (t, out)

let worn_out t =
  match t.writes with
  | Some traffic ->
      Traffic.records traffic >= Suite.record_limit (Traffic.suite traffic)
  | None -> false

let send t data =
  if not (can_send t) then invalid_arg "Connection.send";
  let piece (t, out) data =
    let t, update =
      if worn_out t then update_keys t ~request:false else (t, [])
    in
    records t Kind.application_data data (List.rev_append update out)
  in
  let t, out = List.fold_left piece (t, []) data in
  (t, List.rev out)

let close t =
  match t.phase with
  | Over -> (t, [])
  | _ when t.write_closed -> (t, [])
  | _ ->
      let close_notify = Cstruct.of_string (Alert.encode Close_notify) in
      let t, out = records t Kind.alert close_notify [] in
      ({ t with write_closed = true }, List.rev out)

let session t =
  match t.phase with Open (_, session, _) -> Some session | _ -> None

let export t ~label ~context ~length =
  match t.phase with
  | Open (_, _, secrets) ->
      Some (Key_schedule.export secrets.master ~label ~context ~length)
  | _ -> None
