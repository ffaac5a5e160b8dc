(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* [data] from [pos] on is what was received and not consumed yet. *)
type t = {
  transport : Transport.t;
  mutable data : string;
  mutable pos : int;
  mutable ended : bool;
}

let create transport = { transport; data = ""; pos = 0; ended = false }
let buffered t = String.length t.data - t.pos
let has_ended t = t.ended

(* Receives more; [false] at the end. *)
let rec fill t =
  if t.ended then Lwt.return_false
  else
    t.transport.read () >>= function
    | None ->
        t.ended <- true;
        Lwt.return_false
    | Some data when Cstruct.length data = 0 -> fill t
    | Some data ->
        let data = Cstruct.to_string data in
        t.data <-
          (if buffered t = 0 then data
          else String.sub t.data t.pos (buffered t) ^ data);
        t.pos <- 0;
        Lwt.return_true

let take t length =
  let taken =
    if t.pos = 0 && length = String.length t.data then t.data
    else String.sub t.data t.pos length
  in
  t.pos <- t.pos + length;
  taken

let rec some t ~max =
  if buffered t > 0 then Lwt.return (take t (min max (buffered t)))
  else
    fill t >>= function
    | true -> some t ~max
    | false -> Lwt.return ""

type 'a found = Found of 'a | Too_long | Ended

(* [find data from] is the end of what is looked for in [data], if it is all
   there, or where to go on looking when there is more. *)
let rec until t ~limit find from =
  match find t.data (t.pos + from) with
  | `End stop when stop - t.pos > limit -> Lwt.return Too_long
  | `End stop -> Lwt.return (Found (take t (stop - t.pos)))
  | `More _ when buffered t > limit -> Lwt.return Too_long
  | `More next -> (
      let from = next - t.pos in
      fill t >>= function
      | true -> until t ~limit find from
      | false -> Lwt.return Ended)

let find_line data from =
  match String.index_from_opt data from '\n' with
  | Some i -> `End (i + 1)
  | None -> `More (String.length data)

(* The end of line that an empty line follows; each LF or CR LF. *)
let rec find_head data from =
  match String.index_from_opt data from '\n' with
  | None -> `More (String.length data)
  | Some i -> (
      let at j = if j < String.length data then Some data.[j] else None in
      match (at (i + 1), at (i + 2)) with
      | Some '\n', _ -> `End (i + 2)
      | Some '\r', Some '\n' -> `End (i + 3)
      | None, _ | Some '\r', None -> `More i
      | Some _, _ -> find_head data (i + 1))

let without_line_end line =
  let length = String.length line - 1 in
  let length =
    if length > 0 && line.[length - 1] = '\r' then length - 1 else length
  in
  String.sub line 0 length

let line t ~limit =
  until t ~limit find_line 0 >|= function
  | Found line -> Found (without_line_end line)
  | (Too_long | Ended) as other -> other

(* RFC 9112, section 2.2: empty lines before a request are to be ignored. *)
let rec skip_empty_lines t =
  if buffered t > 0 then
    match t.data.[t.pos] with
    | '\r' | '\n' ->
        t.pos <- t.pos + 1;
        skip_empty_lines t
    | _ -> Lwt.return_true
  else
    fill t >>= function
    | true -> skip_empty_lines t
    | false -> Lwt.return_false

let head t ~limit =
  skip_empty_lines t >>= function
  | true -> until t ~limit find_head 0
  | false -> Lwt.return Ended
