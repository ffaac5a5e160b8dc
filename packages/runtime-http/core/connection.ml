(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Cohttp

type handler =
  Request.t -> Cohttp_lwt.Body.t -> (Response.t * Cohttp_lwt.Body.t) Lwt.t

type t = {
  log : string -> unit;
  transport : Transport.t;
  reader : Reader.t;
  output : Output.t;
  handler : handler;
}

(* Octets of a request's head: what nginx and Apache take, times four. *)
let max_head = 32 * 1024

(* Octets of a body that nobody wants, to keep the connection for. *)
let max_unwanted = 256 * 1024

(* So many requests that are there already are answered before other connections
   have their turn. *)
let batch = 32

let plain status text =
  let headers = Header.init_with "content-type" "text/plain; charset=utf-8" in
  (Response.make ~status ~headers (), `String (text ^ "\n"))

let refuse t status reason =
  let response, body = plain status reason in
  Reply.send t.output ~meth:`GET ~version:`HTTP_1_1 ~next:Close response body

(* {2 One request} *)

let failed t request what e =
  let backtrace = String.trim (Printexc.get_backtrace ()) in
  t.log
    (Printf.sprintf "http: %s %s: %s: %s%s"
       (Code.string_of_method (Request.meth request))
       (Request.resource request) what (Printexc.to_string e)
       (if backtrace = "" then "" else "\n" ^ backtrace))

(* RFC 9112, section 9.3. *)
let wants_close request =
  let options =
    Header.get_multi (Request.headers request) "connection"
    |> List.concat_map (String.split_on_char ',')
    |> List.map (fun option -> String.lowercase_ascii (String.trim option))
  in
  List.mem "close" options
  || (Request.version request = `HTTP_1_0 && not (List.mem "keep-alive" options))

let send t request response body =
  Reply.send t.output ~meth:(Request.meth request)
    ~version:(Request.version request)
    ~next:(if wants_close request then Reply.Close else Keep_alive)
    response body

let internal_error t request =
  let response, body = plain `Internal_server_error "Internal Server Error" in
  send t request response body

let answer t request response body =
  Lwt.catch
    (fun () -> send t request response body)
    (function
      | Reply.Invalid_header _ as e ->
          failed t request "the response" e;
          internal_error t request
      | Reply.Body_failed _ as e ->
          failed t request "the response's body" e;
          Lwt.return Reply.Close
      | e -> Lwt.fail e)

let handle t request body =
  Lwt.try_bind
    (fun () -> t.handler request (Request_body.to_cohttp body))
    (fun (response, response_body) -> answer t request response response_body)
    (fun e ->
      match Request_body.failure body with
      | Some Request_body.Incomplete -> Lwt.return Reply.Close
      | Some (Request_body.Malformed reason) -> refuse t `Bad_request reason
      | _ ->
          failed t request "the handler" e;
          internal_error t request)

(* RFC 9110, section 10.1.1. *)
let ask t request =
  match Header.get (Request.headers request) "expect" with
  | Some value
    when String.lowercase_ascii value = "100-continue"
         && Request.version request = `HTTP_1_1 ->
      Some
        (fun () ->
          Output.add t.output "HTTP/1.1 100 Continue\r\n\r\n";
          Output.flush t.output)
  | _ -> None

let exchange t request =
  let body = Request_body.create ?ask:(ask t request) t.reader request in
  handle t request body >>= function
  | Reply.Close -> Lwt.return Reply.Close
  | Keep_alive -> (
      Request_body.finish body ~limit:max_unwanted >|= function
      | true -> Reply.Keep_alive
      | false -> Close)

(* {2 One after the other} *)

let next t =
  Reader.head t.reader ~limit:max_head >>= function
  | Reader.Ended -> Lwt.return Reply.Close
  | Too_long ->
      refuse t `Request_header_fields_too_large
        "the head of the request is too long"
  | Found head -> (
      match Head.parse head with
      | Ok request -> exchange t request
      | Error (status, reason) -> refuse t status reason)

let rec loop t served =
  next t >>= function
  | Reply.Close -> Lwt.return_unit
  | Keep_alive when served mod batch = 0 ->
      Lwt.pause () >>= fun () -> loop t (served + 1)
  | Keep_alive -> loop t (served + 1)

let serve ~log transport handler =
  let reader = Reader.create transport and output = Output.create transport in
  let t = { log; transport; reader; output; handler } in
  let guard f =
    Lwt.catch f (function
      | Transport.Broken -> Lwt.return_unit
      | e ->
          log ("http: " ^ Printexc.to_string e);
          Lwt.return_unit)
  in
  guard (fun () -> loop t 1) >>= fun () -> guard transport.close
