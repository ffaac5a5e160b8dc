(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Cohttp

type message = Text of string | Binary of string

exception Closed

(* The connection is to be failed with a code: RFC 6455, section 7.1.7. *)
exception Fail of int * string

type t = {
  reader : Reader.t;
  output : Output.t;
  writing : Lwt_mutex.t;
  protocol : string option;
  max_message : int;
  mutable sent_close : bool;
  mutable over : bool;  (** nothing more will be received *)
  mutable peer_close : (int * string) option;
  mutable held : int;  (** octets of the message under way *)
  mutable after_close : int;  (** frames that came since we closed *)
}

let protocol t = t.protocol
let closed_by_peer t = t.peer_close

(* {2 Sending} *)

let write t opcode payload =
  Lwt_mutex.with_lock t.writing (fun () ->
      Output.add t.output (Websocket_frame.head opcode (String.length payload));
      Output.add t.output payload;
      Output.flush t.output)

let send_frame t opcode payload =
  if t.sent_close then Lwt.fail Closed else write t opcode payload

let send t = function
  | Text text when not (Utf8.is_valid text) ->
      Lwt.fail_invalid_arg "Websocket.send: the text is not UTF-8"
  | Text text -> send_frame t Websocket_frame.Text text
  | Binary octets -> send_frame t Binary octets

let ping ?(payload = "") t =
  if String.length payload > 125 then
    Lwt.fail_invalid_arg "Websocket.ping: the payload is longer than 125 octets"
  else send_frame t Ping payload

let send_close t payload =
  if t.sent_close then Lwt.return_unit
  else begin
    t.sent_close <- true;
    write t Close payload
  end

(* {2 Receiving} *)

(* What a message takes until it is delivered counts as held for the peer. *)
let hold t length =
  t.held <- t.held + length;
  Roster.take (Patience.member (Reader.patience t.reader)) length

let let_go t =
  Roster.give_back (Patience.member (Reader.patience t.reader)) t.held;
  t.held <- 0

(* Frames that a peer may still send when we have closed. *)
let max_after_close = 256

(* Memory grows with what has come, not with what was announced. *)
let exactly t length =
  let octets = Buffer.create (min length 4096) in
  let rec from left =
    if left = 0 then Lwt.return (Buffer.to_bytes octets)
    else
      Reader.some t.reader ~max:left >>= function
      | "" -> Lwt.fail Closed
      | piece when hold t (String.length piece) ->
          Buffer.add_string octets piece;
          from (left - String.length piece)
      | _ -> Lwt.fail (Patience.Stopped Shed)
  in
  from length

let read t length = exactly t length >|= Bytes.unsafe_to_string

let checked = function
  | Ok x -> Lwt.return x
  | Error reason -> Lwt.fail (Fail (1002, reason))

let length t (start : Websocket_frame.start) =
  match start.length with
  | 126 -> read t 2 >>= fun o -> checked (Websocket_frame.long_length o)
  | 127 -> read t 8 >>= fun o -> checked (Websocket_frame.long_length o)
  | n -> Lwt.return n

let payload t length =
  read t 4 >>= fun key ->
  exactly t length >|= fun octets ->
  Websocket_frame.unmask ~key octets;
  Bytes.unsafe_to_string octets

(* A message whose fragments have come so far. *)
type partial = { kind : Websocket_frame.opcode; text : Buffer.t }

let finished kind content =
  match kind with
  | Websocket_frame.Text when not (Utf8.is_valid content) ->
      Lwt.fail (Fail (1007, "the text is not UTF-8"))
  | Text -> Lwt.return_some (Text content)
  | _ -> Lwt.return_some (Binary content)

let peer_closes t payload =
  match Websocket_frame.parse_close payload with
  | Error code -> Lwt.fail (Fail (code, "the Close frame is malformed"))
  | Ok found ->
      t.peer_close <- found;
      t.over <- true;
      let answer =
        match found with
        | None -> ""
        | Some (code, _) -> Websocket_frame.close_payload code ""
      in
      send_close t answer >|= fun () -> None

let count_after_close t =
  if not t.sent_close then Lwt.return_unit
  else begin
    t.after_close <- t.after_close + 1;
    if t.after_close > max_after_close then Lwt.fail Closed else Lwt.return_unit
  end

let rec next t partial =
  count_after_close t >>= fun () ->
  read t 2 >>= fun two ->
  checked (Websocket_frame.start two.[0] two.[1]) >>= fun start ->
  length t start >>= fun length ->
  match (start.opcode, partial) with
  | Close, _ -> payload t length >>= peer_closes t
  | Ping, _ ->
      payload t length >>= fun payload ->
      (if t.sent_close then Lwt.return_unit else write t Pong payload)
      >>= fun () -> next t partial
  | Pong, _ -> payload t length >>= fun _ -> next t partial
  | Continuation, None -> Lwt.fail (Fail (1002, "nothing is to be continued"))
  | (Text | Binary), Some _ ->
      Lwt.fail (Fail (1002, "a message begins within another"))
  | Continuation, Some partial -> data t start length partial
  | kind, None -> data t start length { kind; text = Buffer.create 0 }

and data t start length partial =
  if length > t.max_message - Buffer.length partial.text then
    Lwt.fail (Fail (1009, "the message is too long"))
  else
    payload t length >>= fun payload ->
    if start.final && Buffer.length partial.text = 0 then
      finished partial.kind payload
    else begin
      Buffer.add_string partial.text payload;
      if start.final then finished partial.kind (Buffer.contents partial.text)
      else next t (Some partial)
    end

let receive t =
  if t.over then Lwt.return_none
  else
    Lwt.catch
      (fun () ->
        next t None >|= fun message ->
        let_go t;
        message)
      (function
        | Fail (code, reason) ->
            t.over <- true;
            send_close t (Websocket_frame.close_payload code reason)
            >|= fun () -> None
        | Closed | Transport.Broken ->
            t.over <- true;
            Lwt.return_none
        | e ->
            t.over <- true;
            Lwt.fail e)

let rec drain t = receive t >>= function Some _ -> drain t | None -> Lwt.return_unit

let close ?(code = 1000) ?(reason = "") t =
  send_close t (Websocket_frame.close_payload code reason)

(* The closing handshake, whoever began it: RFC 6455, section 7.1.2. *)
let finish t code =
  Reader.hand_over t.reader ~to_own:false;
  close ~code t >>= fun () -> drain t

(* {2 The opening handshake: RFC 6455, section 4.2} *)

let salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
let accept key = Base64_code.encode (Sha1.digest (key ^ salt))

let refuse ?(headers = Header.init ()) status text =
  let headers = Header.add headers "content-type" "text/plain; charset=utf-8" in
  let encoding = Transfer.Fixed (Int64.of_int (String.length text)) in
  Error (Cohttp_bridge.response ~status ~encoding headers, `String text)

let upgrade_required text =
  refuse `Upgrade_required text
    ~headers:
      (Header.of_list
         [
           ("connection", "upgrade"); ("sec-websocket-version", "13"); ("upgrade", "websocket");
         ])

(* The value for [Sec-WebSocket-Accept]. *)
let check request =
  let fields name = Header.get_multi (Request.headers request) name in
  let has name token = Grammar.has_token token (fields name) in
  if
    not
      (Request.meth request = `GET
      && Request.version request = `HTTP_1_1
      && has "upgrade" "websocket" && has "connection" "upgrade")
  then upgrade_required "this is a WebSocket\n"
  else
    match (fields "sec-websocket-version", fields "sec-websocket-key") with
    | [ "13" ], [ key ] when Base64_code.decoded_length key = Some 16 ->
        Ok (accept key)
    | [ "13" ], _ -> refuse `Bad_request "the key of the WebSocket is malformed\n"
    | _ -> upgrade_required "the version of WebSocket is 13\n"

(* The first that the client names of those we know. *)
let choose_protocol protocols request =
  Header.get_multi (Request.headers request) "sec-websocket-protocol"
  |> List.concat_map Grammar.elements
  |> List.find_opt (fun protocol -> List.mem protocol protocols)

let default_max_message = 1024 * 1024

let run handler t =
  Lwt.try_bind
    (fun () -> handler t)
    (fun () -> finish t 1000)
    (function
      | Closed -> finish t 1000
      | e ->
          (* RFC 6455, section 7.4.1: something unexpected. *)
          Lwt.catch (fun () -> close ~code:1011 t) (fun _ -> Lwt.return_unit)
          >>= fun () -> Lwt.fail e)

let upgrade ?(headers = Header.init ()) ?(protocols = [])
    ?(max_message = default_max_message) request handler =
  Lwt.return
    (match check request with
    | Error refusal -> refusal
    | Ok accept ->
        let protocol = choose_protocol protocols request in
        let headers =
          List.fold_left
            (fun headers (name, value) -> Header.replace headers name value)
            headers
            ([
               ("connection", "upgrade"); ("sec-websocket-accept", accept); ("upgrade", "websocket");
             ]
            @ List.map
                (fun p -> ("sec-websocket-protocol", p))
                (Option.to_list protocol))
        in
        let take_over reader output =
          run handler
            {
              reader;
              output;
              writing = Lwt_mutex.create ();
              protocol;
              max_message;
              sent_close = false;
              over = false;
              peer_close = None;
              held = 0;
              after_close = 0;
            }
        in
        ( Cohttp_bridge.response ~status:`Switching_protocols ~encoding:Unknown headers,
          Attachment.body (Takeover take_over) ))
