(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

exception Failed of string
exception Stale

let () =
  Printexc.register_printer (function
    | Failed why -> Some ("HTTP client: " ^ why)
    | _ -> None)

type t = {
  config : Config.t;
  transport : Transport.t;
  patience : Patience.t;
  reader : Reader.t;
  output : Output.t;
  mutable requests : int;
  mutable closed : bool;
}

type body = Text of string | Stream of string Lwt_stream.t

let create config transport =
  let patience = Patience.create (Roster.create config) in
  {
    config;
    transport;
    patience;
    reader = Reader.create transport patience;
    output = Output.create transport patience;
    requests = 0;
    closed = false;
  }

let close t =
  if not t.closed then begin
    t.closed <- true;
    Roster.leave (Patience.member t.patience);
    Lwt.async (fun () ->
        Lwt.catch t.transport.close (fun _ -> Lwt.return_unit))
  end

let fail text = Lwt.fail (Failed text)

(* {2 The request} *)

let has_line_break text = String.exists (fun c -> c = '\r' || c = '\n' || c = '\000') text

let check_field name value =
  if not (Grammar.is_token name) || has_line_break value then
    raise (Failed (Printf.sprintf "the header %S would break out of its line" name))

let head ~meth ~target headers =
  if target = "" || not (String.for_all (fun c -> c > ' ' && c <> '\127') target) then
    raise (Failed "the path has characters that a request's line cannot have");
  let b = Buffer.create 256 in
  Printf.bprintf b "%s %s HTTP/1.1\r\n" (Cohttp.Code.string_of_method meth) target;
  Cohttp_bridge.iter_headers
    (fun name value ->
      check_field name value;
      Printf.bprintf b "%s: %s\r\n" name value)
    headers;
  Buffer.add_string b "\r\n";
  Buffer.contents b

(* RFC 9110, section 8.6: methods that expect content say that there is none. *)
let expects_content = function `POST | `PUT | `PATCH -> true | _ -> false

let framed meth headers body =
  let headers =
    Cohttp.Header.remove
      (Cohttp.Header.remove headers "content-length")
      "transfer-encoding"
  in
  match body with
  | Text "" when not (expects_content meth) -> headers
  | Text text ->
      Cohttp.Header.add headers "content-length"
        (string_of_int (String.length text))
  | Stream _ -> Cohttp.Header.add headers "transfer-encoding" "chunked"

let send_chunk t piece =
  if piece = "" then Lwt.return_unit
  else begin
    Output.add t.output (Printf.sprintf "%x\r\n" (String.length piece));
    Output.add t.output piece;
    Output.add t.output "\r\n";
    Output.flush t.output
  end

let send t head body =
  Output.add t.output head;
  match body with
  | Text text ->
      Output.add t.output text;
      Output.flush t.output
  | Stream pieces ->
      Output.flush t.output >>= fun () ->
      Lwt_stream.iter_s (send_chunk t) pieces >>= fun () ->
      Output.add t.output "0\r\n\r\n";
      Output.flush t.output

(* A server may answer, and close, before it has read all. *)
let send t head body =
  Lwt.catch
    (fun () -> send t head body)
    (function Transport.Broken -> Lwt.return_unit | e -> Lwt.fail e)

(* {2 The response} *)

let is_interim (response : Cohttp.Response.t) =
  let code = Cohttp.Code.code_of_status response.status in
  code >= 100 && code < 200 && code <> 101

let max_interim = 16

let rec response_head t ~meth left =
  let { Config.max_head; max_fields; _ } = t.config in
  let ended = function
    | Transport.Broken -> Lwt.return Reader.No_head
    | e -> Lwt.fail e
  in
  Lwt.catch
    (fun () -> Reader.head t.reader ~first:true ~max_target:max_head ~max_head)
    ended
  >>= function
  | No_head when Reader.buffered t.reader = 0 -> Lwt.fail Stale
  | No_head -> fail "the connection ended within the head of the response"
  | Long_target | Long_head -> fail "the head of the response is too long"
  | Head text -> (
      match Response_head.parse ~max_fields ~meth text with
      | Error why -> fail ("a malformed response: " ^ why)
      | Ok { response; _ } when is_interim response ->
          if left = 0 then fail "there are too many interim responses"
          else response_head t ~meth (left - 1)
      | Ok head -> Lwt.return head)

(* The exceptions of what is below, as ours. *)
let in_words = function
  | Incoming_body.Refused (_, why) -> Failed ("a malformed response: " ^ why)
  | Incoming_body.Incomplete -> Failed "the connection ended before the response did"
  | Patience.Stopped Expired -> Failed "the server takes too long"
  | Patience.Stopped Shed -> Failed "there is not enough memory"
  | Transport.Broken -> Failed "the connection broke"
  | e -> e

let guard t f =
  Lwt.catch f (fun e ->
      close t;
      Lwt.fail (in_words e))

let is_too_long t = function
  | Cohttp.Transfer.Fixed length -> Int64.compare length t.config.max_body > 0
  | Chunked | Unknown -> false

let body_of t ({ response; keeps_alive } : Response_head.t) ~finished =
  let encoding = Cohttp_bridge.response_encoding response in
  let body = Incoming_body.create t.config t.patience t.reader encoding in
  let finish reusable =
    if not reusable then close t;
    finished reusable
  in
  match Incoming_body.to_cohttp body with
  | `Stream pieces ->
      let next () =
        Lwt.catch
          (fun () -> guard t (fun () -> Lwt_stream.get pieces))
          (fun e ->
            finish false;
            Lwt.fail e)
        >|= fun piece ->
        if piece = None then finish keeps_alive;
        piece
      in
      Cohttp_lwt.Body.of_stream (Lwt_stream.from next)
  | `Empty | `String _ | `Strings _ ->
      finish keeps_alive;
      `Empty

let request t ~meth ~target ~headers ~body ~finished =
  let first = t.requests = 0 in
  t.requests <- t.requests + 1;
  guard t (fun () ->
      let text = head ~meth ~target (framed meth headers body) in
      send t text body >>= fun () ->
      Lwt.catch
        (fun () -> response_head t ~meth max_interim)
        (function
          | Stale when first -> fail "the server ended the connection without an answer"
          | e -> Lwt.fail e))
  >>= fun head ->
  if is_too_long t (Cohttp_bridge.response_encoding head.response) then begin
    close t;
    fail "the body of the response is too large"
  end
  else Lwt.return (head.response, body_of t head ~finished)
