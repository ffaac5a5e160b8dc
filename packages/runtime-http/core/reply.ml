(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Cohttp

type next = Keep_alive | Close

exception Invalid_header of string
exception Body_failed of string

(* How the body is put on the wire. *)
type framing = No_content | Length of int64 | Chunks | Until_close

let is_without_content = function
  | `OK -> false
  | status -> (
      match Code.code_of_status status with
      | 204 | 304 -> true
      | code -> code < 200)

let framing version response (body : Cohttp_lwt.Body.t) =
  let headers = Response.headers response in
  match (Cohttp_bridge.response_encoding response, body) with
  | Transfer.Fixed length, _ -> Length length
  | (Chunked | Unknown), (#Body.t as body)
    when not (Header.mem headers "transfer-encoding") ->
      Length (Body.length body)
  | (Chunked | Unknown), _ ->
      match version with `HTTP_1_0 -> Until_close | _ -> Chunks

(* {2 Head} *)

let check_header name value =
  let breaks_out text =
    String.exists (function '\r' | '\n' | '\000' -> true | _ -> false) text
  in
  if breaks_out name || breaks_out value then raise (Invalid_header name)

(* What a response says in its headers, apart from what is up to us. *)
type said = {
  lines : string;
  connection : string list;
  has_date : bool;
}

(* Lines are put together here, those of one head at a time. *)
let buffer = Buffer.create 1024

let add_line name value =
  check_header name value;
  Buffer.add_string buffer name;
  Buffer.add_string buffer ": ";
  Buffer.add_string buffer value;
  Buffer.add_string buffer "\r\n"

let has_content = function
  | No_content -> false
  | Length _ | Chunks | Until_close -> true

let is_1_0 = function `HTTP_1_0 -> true | _ -> false

let is_ours framing name =
  match String.length name with
  | 14 -> has_content framing && Grammar.equal_token name "content-length"
  | 17 -> Grammar.equal_token name "transfer-encoding"
  | _ -> false

let said framing headers =
  Buffer.clear buffer;
  let connection = ref [] and has_date = ref false in
  Cohttp_bridge.iter_headers
    (fun name value ->
      if String.length name = 10 && Grammar.equal_token name "connection" then begin
        check_header name value;
        connection := value :: !connection
      end
      else if not (is_ours framing name) then begin
        if String.length name = 4 && Grammar.equal_token name "date" then
          has_date := true;
        add_line name value
      end)
    headers;
  {
    lines = Buffer.contents buffer;
    connection = List.rev !connection;
    has_date = !has_date;
  }

let framing_line = function
  | Length length -> "content-length: " ^ Int64.to_string length ^ "\r\n"
  | Chunks -> "transfer-encoding: chunked\r\n"
  | No_content | Until_close -> ""

let close = "connection: close\r\n"

(* What the connection will do, and the line that says so. *)
let connection_line version framing next connection =
  let until_close = match framing with Until_close -> true | _ -> false in
  if next = Close || until_close || Grammar.has_token "close" connection then
    (Close, close)
  else if is_1_0 version then (Keep_alive, "connection: keep-alive\r\n")
  else
    let line value = "connection: " ^ value ^ "\r\n" in
    (Keep_alive, String.concat "" (List.map line connection))

let status_line = function
  | `OK -> "HTTP/1.1 200 OK\r\n"
  | status -> "HTTP/1.1 " ^ Code.string_of_status status ^ "\r\n"

let add_date (config : Config.t) output =
  match config.now with
  | Some now -> Output.add output (Date_line.of_second (now ()))
  | None -> ()

(* Adds the head; what becomes of the connection. *)
let add_head config output ~version ~next ~switches framing response =
  let { lines; connection; has_date } =
    said framing (Response.headers response)
  in
  let next, connection =
    if switches then
      (Close, snd (connection_line `HTTP_1_1 framing Keep_alive connection))
    else connection_line version framing next connection
  in
  Output.add output (status_line (Response.status response));
  if not has_date then add_date config output;
  Output.add output connection;
  Output.add output (framing_line framing);
  Output.add output lines;
  Output.add output "\r\n";
  next

let lines response =
  match Cohttp_bridge.response_encoding response with
  | Transfer.Fixed length ->
      let { lines; connection; has_date } =
        said (Length length) (Response.headers response)
      in
      if connection = [] && not has_date then
        Some { Attachment.response; lines = framing_line (Length length) ^ lines ^ "\r\n" }
      else None
  | Chunked | Unknown -> None

let add_prepared config output ~version ~next response lines =
  Output.add output (status_line (Response.status response));
  add_date config output;
  if next = Close then Output.add output close
  else if is_1_0 version then
    Output.add output "connection: keep-alive\r\n";
  Output.add output lines;
  next

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
  | Some (Attachment.Views (views, _)) -> send_views output framing views
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

(* One for each status code that has come. *)
let answered : (int, Metrics.counter) Hashtbl.t = Hashtbl.create 16

let count status =
  let code = Code.code_of_status status in
  let counter =
    match Hashtbl.find_opt answered code with
    | Some counter -> counter
    | None ->
        let labels = [ ("code", string_of_int code) ] in
        let help = "Requests that the web server has answered, by status." in
        let counter = Metrics.counter ~help ~labels "http_requests_total" in
        Hashtbl.add answered code counter;
        counter
  in
  Metrics.increment counter

let send config reader output ~meth ~version ~next response body =
  let status = Response.status response in
  count status;
  let attachment = Attachment.claim body in
  let takes_over = is_takeover attachment in
  let framing =
    if is_without_content status then No_content
    else if takes_over then framing_of_takeover response
    else framing version response body
  in
  let switches = match status with `Switching_protocols -> true | _ -> false in
  let is_head = match meth with `HEAD -> true | _ -> false in
  Lwt.catch
    (fun () ->
      let next =
        match attachment with
        | Some (Views (_, Some prepared)) when prepared.response == response ->
            add_prepared config output ~version ~next response prepared.lines
        | _ -> add_head config output ~version ~next ~switches framing response
      in
      (if (is_head || not (has_content framing)) && not (takes_over && switches)
      then Output.flush output
      else send_content reader output framing attachment body)
      >|= fun () -> next)
    (function
      | Body_failed _ as e -> Output.flush output >>= fun () -> Lwt.fail e
      | e -> Lwt.fail e)
