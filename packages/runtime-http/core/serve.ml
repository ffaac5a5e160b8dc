(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Cohttp

type handler =
  Request.t -> Cohttp_lwt.Body.t -> (Response.t * Cohttp_lwt.Body.t) Lwt.t

type ending = Closed | Cut_off

type t = {
  config : Config.t;
  log : string -> unit;
  patience : Patience.t;
  reader : Reader.t;
  output : Output.t;
  handler : handler;
}

(* Octets of a body that nobody wants, to keep the connection for. *)
let max_unwanted = 256 * 1024

(* Octets that a peer may still send once it has got its last answer. *)
let max_lingering = 16 * 1024 * 1024

(* So many requests that are there already are answered before other connections
   have their turn. *)
let batch = 32

let plain status text =
  let headers = Header.init_with "content-type" "text/plain; charset=utf-8" in
  (Response.make ~status ~headers (), `String (text ^ "\n"))

let refuse t status reason =
  let response, body = plain status reason in
  Reply.send t.config t.reader t.output ~meth:`GET ~version:`HTTP_1_1
    ~next:Close response body

(* {2 One request} *)

let failed t request what e =
  let backtrace = String.trim (Printexc.get_backtrace ()) in
  t.log
    (Printf.sprintf "http: %s %s: %s: %s%s"
       (Code.string_of_method (Request.meth request))
       (Request.resource request) what (Printexc.to_string e)
       (if backtrace = "" then "" else "\n" ^ backtrace))

let is_1_0 request =
  match Request.version request with `HTTP_1_0 -> true | _ -> false

(* RFC 9112, section 9.3. *)
let wants_close { Head.request; connection; _ } =
  match connection with
  | [] -> is_1_0 request
  | options ->
      Grammar.has_token "close" options
      || is_1_0 request
         && not (Grammar.has_token "keep-alive" options)

let send t request ~next response body =
  Reply.send t.config t.reader t.output ~meth:(Request.meth request)
    ~version:(Request.version request) ~next response body

let internal_error t request ~next =
  let response, body = plain `Internal_server_error "Internal Server Error" in
  send t request ~next response body

let answer_with t request ~next response body =
  Lwt.catch
    (fun () -> send t request ~next response body)
    (function
      | Reply.Invalid_header _ as e ->
          failed t request "the response" e;
          internal_error t request ~next
      | Reply.Body_failed _ as e ->
          failed t request "the response's body" e;
          Lwt.return Reply.Close
      | e -> Lwt.fail e)

let handle t ({ Head.request; _ } as head) ~last body =
  (* An answer that comes before the request's body is the last one. *)
  let next () =
    if last || wants_close head || not (Incoming_body.will_end body ~limit:max_unwanted) then
      Reply.Close
    else Keep_alive
  in
  Lwt.try_bind
    (fun () -> t.handler request (Incoming_body.to_cohttp body))
    (fun (response, response_body) ->
      answer_with t request ~next:(next ()) response response_body)
    (fun e ->
      match Incoming_body.failure body with
      | Some Incoming_body.Incomplete -> Lwt.return Reply.Close
      | Some (Incoming_body.Refused (status, reason)) -> refuse t status reason
      | Some e -> Lwt.fail e
      | None ->
          failed t request "the handler" e;
          internal_error t request ~next:(next ()))

(* RFC 9110, section 10.1.1; only HTTP/1.1 has expectations. *)
let is_expectation_known { Head.expect; request; _ } =
  match expect with
  | [] -> true
  | [ value ] when Grammar.equal_token value "100-continue" -> true
  | _ -> is_1_0 request

let is_asked_for { Head.expect; request; _ } =
  expect <> [] && not (is_1_0 request)

let go_on t () =
  Output.add t.output "HTTP/1.1 100 Continue\r\n\r\n";
  Output.flush t.output

let exchange t head ~last =
  let ask = if is_asked_for head then Some (go_on t) else None in
  let body =
    Incoming_body.create t.config t.patience ?ask t.reader
      (Cohttp_bridge.request_encoding head.Head.request)
  in
  handle t head ~last body >>= function
  | Reply.Close -> Lwt.return Reply.Close
  | Keep_alive -> (
      Incoming_body.finish body ~limit:max_unwanted >|= function
      | true -> Reply.Keep_alive
      | false -> Close)

let is_too_large t request =
  match Cohttp_bridge.request_encoding request with
  | Fixed length -> Int64.compare length t.config.max_body > 0
  | Chunked | Unknown -> false

let respond t ~last text =
  match Head.parse ~max_fields:t.config.max_fields text with
  | Error (status, reason) -> refuse t status reason
  | Ok head -> (
      match Request.meth head.request with
      | `CONNECT | `TRACE ->
          refuse t `Not_implemented "this method is not implemented"
      | _ when is_too_large t head.request ->
          refuse t `Request_entity_too_large "the body is too large"
      | _ when not (is_expectation_known head) ->
          refuse t `Expectation_failed "the expectation is unknown"
      | _ -> exchange t head ~last)

(* {2 One after the other} *)

let next t ~served =
  let { Config.max_target; max_head; max_requests; _ } = t.config in
  Lwt.try_bind
    (fun () -> Reader.head t.reader ~first:(served = 0) ~max_target ~max_head)
    (function
      | Reader.No_head -> Lwt.return Reply.Close
      | Long_target ->
          refuse t `Request_uri_too_long "the target of the request is too long"
      | Long_head ->
          refuse t `Request_header_fields_too_large
            "the head of the request is too long"
      | Head head -> respond t ~last:(served + 1 >= max_requests) head)
    (function
      (* RFC 9110, section 15.5.9; an idle connection simply ends. *)
      | Patience.Stopped Expired when Reader.buffered t.reader > 0 ->
          refuse t `Request_timeout "the head of the request comes too slowly"
      | Patience.Stopped Expired -> Lwt.return Reply.Close
      | e -> Lwt.fail e)

let rec loop t served =
  next t ~served >>= function
  | Reply.Close -> Lwt.return_unit
  | Keep_alive when (served + 1) mod batch = 0 ->
      Lwt.pause () >>= fun () -> loop t (served + 1)
  | Keep_alive -> loop t (served + 1)

(* [f ()], or what became of the connection meanwhile. *)
let guard log f =
  Lwt.catch f (function
    | Transport.Broken -> Lwt.return Closed
    | Patience.Stopped _ -> Lwt.return Cut_off
    | e ->
        log ("http: " ^ Printexc.to_string e);
        Lwt.return Closed)

let answer config ~log patience reader output handler =
  let t = { config; log; patience; reader; output; handler } in
  guard log (fun () -> loop t 0 >|= fun () -> Closed)

let linger (config : Config.t) reader =
  if config.sleep = None then Lwt.return Closed
  else
    Reader.discard reader ~max:max_lingering >|= function
    | true -> Closed
    | false -> Cut_off

let serve config ~log roster (transport : Transport.t) handler =
  let patience = Patience.create roster in
  let reader = Reader.create transport patience in
  let output = Output.create transport patience in
  let finish () =
    guard log (fun () ->
        Patience.wait patience Transfer (transport.close ()) >>= fun () ->
        linger config reader)
  in
  (answer config ~log patience reader output handler >>= function
   | Closed -> finish ()
   | Cut_off -> Lwt.return Cut_off)
  >|= fun ending ->
  Roster.leave (Patience.member patience);
  ending
