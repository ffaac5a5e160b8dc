(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_tls_core

type said =
  | Message of string
  | Together of string list
  | Protected of int * string
  | Raw of string
  | Corrupted of string

type role = As_client of Client.t | As_server of Server.t | Done

type t = {
  say : string -> string -> said list;
  victim : Pair.side;
  mutable role : role;
  mutable reads : Traffic.t option;
  mutable writes : Traffic.t option;
  mutable input : Record_input.t;
  mutable messages : string;
}

let honest _ raw = [ Message raw ]
let instead name what n raw = if n = name then what raw else [ Message raw ]

let record t kind content =
  match t.writes with
  | Some traffic ->
      let traffic, parts =
        Traffic.seal traffic kind (Cstruct.of_string content)
      in
      t.writes <- Some traffic;
      Cstruct.to_string (Cstruct.concat parts)
  | None ->
      Printf.sprintf "%s\003\003%s%s" (Encoder.u8 kind)
        (Encoder.u16 (String.length content))
        content

let flip record =
  let octets = Bytes.of_string record in
  let last = Bytes.length octets - 1 in
  Bytes.set_uint8 octets last (Bytes.get_uint8 octets last lxor 1);
  Bytes.unsafe_to_string octets

let octets t = function
  | Message raw -> record t 22 raw
  | Together raws -> record t 22 (String.concat "" raws)
  | Protected (kind, content) -> record t kind content
  | Raw octets -> octets
  | Corrupted raw -> flip (record t 22 raw)

let message_name raw =
  match Message.read raw with
  | message -> Message.name message
  | exception Alert.Fatal _ -> "unreadable"

let rec send t parts =
  let out = Pair.receive t.victim [ Cstruct.of_string parts ] in
  List.iter (fun part -> t.input <- Record_input.add t.input part) out;
  take t

and perform t actions =
  let out = Buffer.create 1024 in
  List.iter
    (function
      | Session.Emit raw ->
          List.iter
            (fun said -> Buffer.add_string out (octets t said))
            (t.say (message_name raw) raw)
      | Emit_change_cipher_spec ->
          Buffer.add_string out "\020\003\003\000\001\001"
      | Protect_writes traffic -> t.writes <- Some traffic
      | Protect_reads traffic -> t.reads <- Some traffic
      | Limit_records _ | Skip_early_data | Established _ | Offered _ -> ())
    actions;
  if Buffer.length out > 0 then send t (Buffer.contents out)

and message t raw =
  let now = Pki.now in
  match t.role with
  | As_client client ->
      let actions, next = Client.step client ~now raw (Message.read raw) in
      t.role <- (match next with Some c -> As_client c | None -> Done);
      perform t actions
  | As_server server ->
      let actions, next = Server.step server ~now raw (Message.read raw) in
      t.role <- (match next with Some s -> As_server s | None -> Done);
      perform t actions
  | Done -> ()

and messages t =
  if String.length t.messages >= 4 then begin
    let length = 4 + Decoder.(u24 (of_string (String.sub t.messages 1 3))) in
    if String.length t.messages >= length then begin
      let raw = String.sub t.messages 0 length in
      t.messages <-
        String.sub t.messages length (String.length t.messages - length);
      message t raw;
      messages t
    end
  end

(* The victim's records; once it has failed, what it says no longer matters. *)
and take t =
  match Record_input.next t.input with
  | None, _ -> ()
  | Some { kind; header; body }, input ->
      t.input <- input;
      let kind, content =
        match t.reads with
        | Some traffic when kind = 23 ->
            let traffic, kind, content = Traffic.open_ traffic ~header body in
            t.reads <- Some traffic;
            (kind, content)
        | _ -> (kind, body)
      in
      if kind = 22 then begin
        t.messages <- t.messages ^ Cstruct.to_string content;
        messages t
      end;
      take t

let make ~say victim role =
  {
    say;
    victim;
    role;
    reads = None;
    writes = None;
    input = Record_input.empty;
    messages = "";
  }

(* An honest part of a puppet notices that it was made to lie. *)
let until_it_notices act = try act () with Alert.Fatal _ -> ()

let attack_server ~say puppet victim =
  let victim = { Pair.t = Connection.server victim; events = [] } in
  let actions, client = Client.start puppet ~now:Pki.now in
  let t = make ~say victim (As_client client) in
  until_it_notices (fun () -> perform t actions);
  (t, victim)

let attack_client ~say puppet victim =
  let connection, hello = Connection.client victim ~now:Pki.now in
  let victim = { Pair.t = connection; events = [] } in
  let t = make ~say victim (As_server (Server.start puppet)) in
  List.iter (fun part -> t.input <- Record_input.add t.input part) hello;
  until_it_notices (fun () -> take t);
  (t, victim)

let tell t said =
  until_it_notices (fun () ->
      send t (String.concat "" (List.map (octets t) said)))
