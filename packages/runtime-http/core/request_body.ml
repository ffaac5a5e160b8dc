(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

exception Malformed of string
exception Incomplete

type position =
  | In_data of int64  (** octets to come, of the body or of this chunk *)
  | At_chunk_size
  | Over
  | Broken of exn

type t = {
  reader : Reader.t;
  chunked : bool;
  mutable ask : (unit -> unit Lwt.t) option;
  mutable reading : bool;
  mutable finished : bool;
  mutable position : position;
}

let create ?ask reader request =
  let position, chunked =
    match Cohttp.Request.encoding request with
    | Fixed 0L | Unknown -> (Over, false)
    | Fixed length -> (In_data length, false)
    | Chunked -> (At_chunk_size, true)
  in
  { reader; chunked; ask; reading = false; finished = false; position }

let failure t = match t.position with Broken e -> Some e | _ -> None

let break t e =
  t.position <- Broken e;
  Lwt.fail e

let malformed t reason = break t (Malformed reason)

let max_line = 8 * 1024
let max_piece = 64 * 1024

let line t =
  Reader.line t.reader ~limit:max_line >>= function
  | Reader.Found line -> Lwt.return line
  | Too_long -> malformed t "a line of the chunked body is too long"
  | Ended -> break t Incomplete

(* RFC 9112, section 7.1: hexadecimal digits, and extensions to be ignored. *)
let chunk_size line =
  let digits =
    match String.index_opt line ';' with
    | Some i -> String.trim (String.sub line 0 i)
    | None -> String.trim line
  in
  let is_hex = function
    | '0' .. '9' | 'a' .. 'f' | 'A' .. 'F' -> true
    | _ -> false
  in
  if digits <> "" && String.length digits <= 15 && String.for_all is_hex digits
  then Some (Int64.of_string ("0x" ^ digits))
  else None

let max_trailers = 100

let rec skip_trailers t left =
  if left = 0 then malformed t "the chunked body has too many trailers"
  else
    line t >>= function
    | "" ->
        t.position <- Over;
        Lwt.return_unit
    | _ -> skip_trailers t (left - 1)

let next_chunk t =
  line t >>= fun text ->
  match chunk_size text with
  | None -> malformed t "the size of a chunk is not a number"
  | Some 0L -> skip_trailers t max_trailers
  | Some size ->
      t.position <- In_data size;
      Lwt.return_unit

let end_chunk t =
  line t >>= function
  | "" ->
      t.position <- At_chunk_size;
      Lwt.return_unit
  | _ -> malformed t "a chunk is longer than it says"

let data t left =
  let max =
    if Int64.compare left (Int64.of_int max_piece) > 0 then max_piece
    else Int64.to_int left
  in
  Reader.some t.reader ~max >>= function
  | "" -> break t Incomplete
  | piece ->
      let left = Int64.sub left (Int64.of_int (String.length piece)) in
      t.position <- (if left = 0L && not t.chunked then Over else In_data left);
      Lwt.return_some piece

let rec piece t =
  match t.position with
  | Over -> Lwt.return_none
  | Broken e -> Lwt.fail e
  | In_data 0L -> end_chunk t >>= fun () -> piece t
  | In_data left -> data t left
  | At_chunk_size -> next_chunk t >>= fun () -> piece t

(* What is there already needs no asking for, RFC 9110, section 10.1.1. *)
let ask t =
  match t.ask with
  | None -> Lwt.return_unit
  | Some ask ->
      t.ask <- None;
      if Reader.buffered t.reader = 0 then ask () else Lwt.return_unit

let next t =
  if t.finished then Lwt.return_none
  else begin
    t.reading <- true;
    ask t >>= fun () ->
    piece t >|= fun piece ->
    t.reading <- false;
    piece
  end

let to_cohttp t =
  match t.position with
  | Over -> `Empty
  | _ -> Cohttp_lwt.Body.of_stream (Lwt_stream.from (fun () -> next t))

let finish t ~limit =
  t.finished <- true;
  let rec skip left =
    if left < 0 then Lwt.return_false
    else
      piece t >>= function
      | None -> Lwt.return_true
      | Some piece -> skip (left - String.length piece)
  in
  if t.position = Over then Lwt.return_true
  else if t.reading || (Option.is_some t.ask && Reader.buffered t.reader = 0) then
    Lwt.return_false
  else
    Lwt.catch
      (fun () -> skip limit)
      (function
        | Malformed _ | Incomplete -> Lwt.return_false
        | e -> Lwt.fail e)
