(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Cohttp

type next = Keep_alive | Close

exception Invalid_header of string
exception Body_failed of string

(* How the body is put on the wire. *)
type framing = No_content | Length of int64 | Chunks | Until_close

let is_without_content status =
  match Code.code_of_status status with
  | 204 | 304 -> true
  | code -> code < 200

let framing version response (body : Cohttp_lwt.Body.t) =
  let headers = Response.headers response in
  match (Cohttp_bridge.response_encoding response, body) with
  | Transfer.Fixed length, _ -> Length length
  | (Chunked | Unknown), (#Body.t as body)
    when not (Header.mem headers "transfer-encoding") ->
      Length (Body.length body)
  | (Chunked | Unknown), _ ->
      if version = `HTTP_1_0 then Until_close else Chunks

(* {2 Head} *)

let framing_headers framing headers =
  let headers = Header.remove headers "transfer-encoding" in
  match framing with
  | No_content -> headers
  | Length length ->
      Header.replace headers "content-length" (Int64.to_string length)
  | Chunks ->
      let headers = Header.remove headers "content-length" in
      Header.replace headers "transfer-encoding" "chunked"
  | Until_close -> Header.remove headers "content-length"

(* What the connection will do, and the header that says so. *)
let connection_header version framing next headers =
  let asks_to_close =
    Grammar.has_token "close" (Header.get_multi headers "connection")
  in
  if next = Close || asks_to_close || framing = Until_close then
    (Close, Header.replace headers "connection" "close")
  else if version = `HTTP_1_0 then
    (Keep_alive, Header.replace headers "connection" "keep-alive")
  else (Keep_alive, headers)

let check_header name value =
  let breaks_out text =
    String.exists (function '\r' | '\n' | '\000' -> true | _ -> false) text
  in
  if breaks_out name || breaks_out value then raise (Invalid_header name)

(* Heads are put together here, one at a time. *)
let buffer = Buffer.create 1024

let head (config : Config.t) status headers =
  Buffer.clear buffer;
  let add = Buffer.add_string buffer in
  add "HTTP/1.1 ";
  add (Code.string_of_status status);
  add "\r\n";
  (match config.now with
  | Some now when not (Header.mem headers "date") ->
      add (Date_line.of_second (now ()))
  | Some _ | None -> ());
  Cohttp_bridge.iter_headers
    (fun name value ->
      check_header name value;
      add name;
      add ": ";
      add value;
      add "\r\n")
    headers;
  add "\r\n";
  Buffer.contents buffer

(* {2 Body} *)

let wrong_length () = raise (Body_failed "its length is not the one announced")

(* [left] octets are still announced. *)
let add_piece output framing left piece =
  let length = String.length piece in
  match framing with
  | Length _ ->
      let left = Int64.sub left (Int64.of_int length) in
      if left < 0L then wrong_length ();
      Output.add output piece;
      left
  | Chunks when length > 0 ->
      Output.add output (Printf.sprintf "%x\r\n" length);
      Output.add output piece;
      Output.add output "\r\n";
      left
  | Chunks | Until_close | No_content ->
      Output.add output piece;
      left

let end_body output framing left =
  match framing with
  | Length _ -> if left <> 0L then wrong_length ()
  | Chunks -> Output.add output "0\r\n\r\n"
  | Until_close | No_content -> ()

let get stream =
  Lwt.catch
    (fun () -> Lwt_stream.get stream)
    (fun e -> Lwt.fail (Body_failed (Printexc.to_string e)))

(* The next part of a stream. Before waiting for it, sends what there is. *)
let next_piece output stream =
  let piece = get stream in
  match Lwt.state piece with
  | Lwt.Sleep -> Output.flush output >>= fun () -> piece
  | Lwt.Return _ | Lwt.Fail _ -> piece

let send_stream output framing left stream =
  let rec loop left =
    next_piece output stream >>= function
    | None ->
        end_body output framing left;
        Output.flush output
    | Some piece ->
        let left = add_piece output framing left piece in
        (if Output.is_large output then Output.flush output
        else Lwt.return_unit)
        >>= fun () -> loop left
  in
  loop left

let send_body output framing (body : Cohttp_lwt.Body.t) =
  let left = match framing with Length length -> length | _ -> 0L in
  match body with
  | `Stream stream -> send_stream output framing left stream
  | #Body.t as body ->
      let pieces = Body.to_string_list body in
      let left = List.fold_left (add_piece output framing) left pieces in
      end_body output framing left;
      Output.flush output

let send_views output framing views =
  let length = Int64.of_int (Cstruct.lenv views) in
  match framing with
  | Length announced when announced <> length -> wrong_length ()
  | Chunks when length > 0L ->
      Output.add output (Printf.sprintf "%Lx\r\n" length);
      List.iter (Output.add_view output) views;
      Output.add output "\r\n0\r\n\r\n";
      Output.flush output
  | Chunks | Length _ | Until_close | No_content ->
      List.iter (Output.add_view output) views;
      end_body output framing 0L;
      Output.flush output

let send_content reader output framing attachment body =
  match attachment with
  | None -> send_body output framing body
  | Some (Attachment.Views views) -> send_views output framing views
  | Some (Takeover handler) ->
      Output.flush output >>= fun () ->
      Reader.hand_over reader ~to_own:true;
      handler reader output >>= fun () ->
      Reader.hand_over reader ~to_own:false;
      Output.flush output

let is_takeover = function
  | Some (Attachment.Takeover _) -> true
  | Some (Views _) | None -> false

(* Who takes over frames the body as the response says. *)
let framing_of_takeover response =
  match Cohttp_bridge.response_encoding response with
  | Transfer.Fixed length -> Length length
  | Chunked -> Chunks
  | Unknown -> Until_close

let send config reader output ~meth ~version ~next response body =
  let status = Response.status response in
  let attachment = Attachment.claim body in
  let takes_over = is_takeover attachment in
  let framing =
    if is_without_content status then No_content
    else if takes_over then framing_of_takeover response
    else framing version response body
  in
  let switches = Code.code_of_status status = 101 in
  let next, headers =
    let headers = framing_headers framing (Response.headers response) in
    if switches then (Close, headers)
    else connection_header version framing next headers
  in
  Lwt.catch
    (fun () ->
      Output.add output (head config status headers);
      (if (meth = `HEAD || framing = No_content) && not (takes_over && switches)
      then Output.flush output
      else send_content reader output framing attachment body)
      >|= fun () -> next)
    (function
      | Body_failed _ as e -> Output.flush output >>= fun () -> Lwt.fail e
      | e -> Lwt.fail e)
