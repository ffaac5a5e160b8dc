(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

exception Refused of Head.refusal
exception Incomplete

type position =
  | In_data of int64  (** octets to come, of the body or of this chunk *)
  | To_the_end  (** of the connection *)
  | At_chunk_size
  | Over
  | Broken of exn

type t = {
  config : Config.t;
  patience : Patience.t;
  reader : Reader.t;
  chunked : bool;
  mutable ask : (unit -> unit Lwt.t) option;
  mutable reading : bool;
  mutable finished : bool;
  mutable position : position;
  mutable received : int64;  (** octets of the body *)
  mutable waited : int;  (** seconds, for the peer to send *)
}

let create config patience ?ask reader encoding =
  let position, chunked =
    match encoding with
    | Cohttp.Transfer.Fixed 0L -> (Over, false)
    | Unknown -> (To_the_end, false)
    | Fixed length -> (In_data length, false)
    | Chunked -> (At_chunk_size, true)
  in
  {
    config;
    patience;
    reader;
    chunked;
    ask;
    reading = false;
    finished = false;
    position;
    received = 0L;
    waited = 0;
  }

let failure t = match t.position with Broken e -> Some e | _ -> None

let break t e =
  t.position <- Broken e;
  Lwt.fail e

let refuse t status reason = break t (Refused (status, reason))
let malformed t reason = refuse t `Bad_request reason

(* {2 The peer's time} *)

(* What the body has earned is compared with what it took once that is more than
   the grace, so that the product is of small numbers. *)
let is_too_slow t =
  let over = t.waited - t.config.body_grace in
  over > 0
  && Int64.compare t.received
       (Int64.mul (Int64.of_int over) (Int64.of_int t.config.min_body_rate))
     < 0

let timed t reading =
  let seconds () =
    Roster.tick (Roster.roster (Patience.member t.patience))
  in
  let before = seconds () in
  Lwt.try_bind
    (fun () -> reading)
    (fun result ->
      t.waited <- t.waited + seconds () - before;
      if is_too_slow t then refuse t `Request_timeout "the body comes too slowly"
      else Lwt.return result)
    (function
      | Patience.Stopped Expired ->
          refuse t `Request_timeout "the rest of the body does not come"
      | e -> break t e)

let timed t reading =
  if Lwt.is_sleeping reading then timed t reading else reading

(* {2 Chunks} *)

let max_line = 8 * 1024
let max_piece = 64 * 1024
let max_trailers = 100

let line t =
  timed t (Reader.line t.reader ~limit:max_line) >>= function
  | Reader.Found line -> Lwt.return line
  | Too_long -> malformed t "a line of the chunked body is too long"
  | Ended -> break t Incomplete

let rec skip_trailers t left =
  line t >>= fun text ->
  if Chunk.is_end text then begin
    t.position <- Over;
    Lwt.return_unit
  end
  else if left = 0 then malformed t "the chunked body has too many trailers"
  else
    match Chunk.check_trailer text with
    | Ok () -> skip_trailers t (left - 1)
    | Error reason -> malformed t reason

let is_too_large t size =
  Int64.compare size (Int64.sub t.config.max_body t.received) > 0

let next_chunk t =
  line t >>= fun text ->
  match Chunk.size text with
  | Error reason -> malformed t reason
  | Ok 0L -> skip_trailers t max_trailers
  | Ok size when is_too_large t size ->
      refuse t `Request_entity_too_large "the body is too large"
  | Ok size ->
      t.position <- In_data size;
      Lwt.return_unit

let end_chunk t =
  line t >>= fun text ->
  if Chunk.is_end text then begin
    t.position <- At_chunk_size;
    Lwt.return_unit
  end
  else malformed t "a chunk is longer than it says"

(* {2 Reading} *)

let length piece = Int64.of_int (String.length piece)

let data t left =
  let max =
    if Int64.compare left (Int64.of_int max_piece) > 0 then max_piece
    else Int64.to_int left
  in
  timed t (Reader.some t.reader ~max) >>= function
  | "" -> break t Incomplete
  | piece ->
      let left = Int64.sub left (length piece) in
      t.received <- Int64.add t.received (length piece);
      t.position <- (if left = 0L && not t.chunked then Over else In_data left);
      Lwt.return_some piece

let data_to_the_end t =
  timed t (Reader.some t.reader ~max:max_piece) >>= function
  | "" ->
      t.position <- Over;
      Lwt.return_none
  | piece when is_too_large t (length piece) ->
      refuse t `Request_entity_too_large "the body is too large"
  | piece ->
      t.received <- Int64.add t.received (length piece);
      Lwt.return_some piece

let rec piece t =
  match t.position with
  | Over -> Lwt.return_none
  | Broken e -> Lwt.fail e
  | In_data 0L -> end_chunk t >>= fun () -> piece t
  | In_data left -> data t left
  | To_the_end -> data_to_the_end t
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
    Lwt.finalize
      (fun () -> ask t >>= fun () -> piece t)
      (fun () ->
        t.reading <- false;
        Lwt.return_unit)
  end

let is_over t = match t.position with Over -> true | _ -> false

let to_cohttp t =
  match t.position with
  | Over -> `Empty
  | _ -> Cohttp_lwt.Body.of_stream (Lwt_stream.from (fun () -> next t))

let was_asked t = Option.is_none t.ask || Reader.buffered t.reader > 0

let will_end t ~limit =
  match t.position with
  | Over -> true
  | Broken _ | To_the_end -> false
  | At_chunk_size -> was_asked t
  | In_data left ->
      was_asked t && (t.chunked || Int64.compare left (Int64.of_int limit) <= 0)

let finish t ~limit =
  t.finished <- true;
  let rec skip left =
    if left < 0 then Lwt.return_false
    else
      piece t >>= function
      | None -> Lwt.return_true
      | Some piece -> skip (left - String.length piece)
  in
  match t.position with
  | Over -> Lwt.return_true
  | _ when t.reading || not (was_asked t) -> Lwt.return_false
  | _ ->
      Lwt.catch
        (fun () -> skip limit)
        (function
          | Refused _ | Incomplete -> Lwt.return_false
          | e -> Lwt.fail e)
