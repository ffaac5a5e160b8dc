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
  match (Response.encoding response, body) with
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

let has_token token value =
  String.split_on_char ',' value
  |> List.exists (fun t -> String.lowercase_ascii (String.trim t) = token)

(* What the connection will do, and the header that says so. *)
let connection_header version framing next headers =
  let asks_to_close =
    List.exists (has_token "close") (Header.get_multi headers "connection")
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

let head status headers =
  let buffer = Buffer.create 256 in
  let add = Buffer.add_string buffer in
  add "HTTP/1.1 ";
  add (Code.string_of_status status);
  add "\r\n";
  Header.iter
    (fun name values ->
      List.iter
        (fun value ->
          check_header name value;
          add name;
          add ": ";
          add value;
          add "\r\n")
        values)
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

let send output ~meth ~version ~next response body =
  let status = Response.status response in
  let framing =
    if is_without_content status then No_content
    else framing version response body
  in
  let next, headers =
    Response.headers response |> framing_headers framing
    |> connection_header version framing next
  in
  Lwt.catch
    (fun () ->
      Output.add output (head status headers);
      (if meth = `HEAD || framing = No_content then Output.flush output
      else send_body output framing body)
      >|= fun () -> next)
    (function
      | Body_failed _ as e -> Output.flush output >>= fun () -> Lwt.fail e
      | e -> Lwt.fail e)
