(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* [data] from [pos] to before [stop] is what was received and not consumed yet. *)
type t = {
  transport : Transport.t;
  patience : Patience.t;
  mutable data : Bytes.t;
  mutable pos : int;
  mutable stop : int;
  mutable accounted : int;
  mutable ended : bool;
  mutable wait : Roster.wait;  (** for what is no head *)
}

let create transport patience =
  {
    transport;
    patience;
    data = Bytes.empty;
    pos = 0;
    stop = 0;
    accounted = 0;
    ended = false;
    wait = Transfer;
  }

let patience t = t.patience

let hand_over t ~to_own = t.wait <- (if to_own then Own else Transfer)

let buffered t = t.stop - t.pos

(* What is held while the peer is waited for counts; the rest is over at once. *)
let account t =
  let held = if buffered t = 0 then 0 else Bytes.length t.data in
  let more = held - t.accounted in
  let member = Patience.member t.patience in
  if more <= 0 then begin
    if more < 0 then Roster.give_back member (-more);
    t.accounted <- held
  end
  else if Roster.take member more then t.accounted <- held
  else raise (Patience.Stopped Shed)

let append t received =
  let kept = buffered t and length = Cstruct.length received in
  if t.stop + length > Bytes.length t.data then begin
    let size = if kept = 0 then length else max (kept + length) (2 * kept) in
    let larger = Bytes.create size in
    Bytes.blit t.data t.pos larger 0 kept;
    t.data <- larger;
    t.pos <- 0;
    t.stop <- kept
  end;
  Cstruct.blit_to_bytes received 0 t.data t.stop length;
  t.stop <- t.stop + length

(* Receives more; [false] at the end. [wait] is one of Patience's ways to. *)
let rec fill t wait =
  if t.ended then Lwt.return_false
  else
    let receiving = t.transport.read () in
    if Lwt.is_sleeping receiving then account t;
    wait receiving >>= function
    | None ->
        t.ended <- true;
        Lwt.return_false
    | Some data when Cstruct.length data = 0 -> fill t wait
    | Some data ->
        append t data;
        Lwt.return_true

let fill t wait = Lwt.apply (fill t) wait
let transfer t operation = Patience.wait t.patience t.wait operation

(* Nothing is kept of memory that was consumed: idle connections are many. *)
let advance t length =
  t.pos <- t.pos + length;
  if t.pos = t.stop then begin
    t.data <- Bytes.empty;
    t.pos <- 0;
    t.stop <- 0
  end

let take t length =
  let taken =
    if t.pos = 0 && length = Bytes.length t.data then
      Bytes.unsafe_to_string t.data
    else Bytes.sub_string t.data t.pos length
  in
  advance t length;
  taken

let rec some t ~max =
  if buffered t > 0 then Lwt.return (take t (min max (buffered t)))
  else
    fill t (transfer t) >>= function
    | true -> some t ~max
    | false -> Lwt.return ""

type 'a found = Found of 'a | Too_long | Ended

let rec search data stop i =
  if i >= stop || Char.equal (Bytes.unsafe_get data i) '\n' then i
  else search data stop (i + 1)

(* The index of the first LF at or after [from], counted from [pos]. *)
let find_lf t from =
  match search t.data t.stop (t.pos + from) with
  | lf when lf < t.stop -> Some (lf - t.pos)
  | _ -> None

let line t ~limit =
  let rec look from =
    match find_lf t from with
    | Some lf when lf >= limit -> Lwt.return Too_long
    | Some lf -> Lwt.return (Found (take t (lf + 1)))
    | None when buffered t >= limit -> Lwt.return Too_long
    | None -> (
        let from = buffered t in
        fill t (transfer t) >>= function
        | true -> look from
        | false -> Lwt.return Ended)
  in
  look 0

(* {2 Heads} *)

type head = Head of string | Long_target | Long_head | No_head

let rec skip_empty_lines t =
  if buffered t > 0 then
    match Bytes.get t.data t.pos with
    | '\r' | '\n' ->
        advance t 1;
        skip_empty_lines t
    | _ -> ()

(* The longest method, the version, the white space and the line's end. *)
let request_line_room = 64

type search = End of int | Look_from of int

(* Where the head ends, or where to look for its end once there is more. *)
let rec find_end t from =
  match find_lf t from with
  | None -> Look_from (buffered t)
  | Some lf -> (
      let at i = Bytes.get t.data (t.pos + i) and left = buffered t - lf - 1 in
      match left with
      | 0 -> Look_from lf
      | _ when at (lf + 1) = '\n' -> End (lf + 2)
      | _ when at (lf + 1) <> '\r' -> find_end t (lf + 1)
      | 1 -> Look_from lf
      | _ when at (lf + 2) = '\n' -> End (lf + 3)
      | _ -> find_end t (lf + 1))

let line_is_too_long t limit =
  buffered t > limit
  && match find_lf t 0 with Some lf -> lf > limit | None -> true

let head t ~first ~max_target ~max_head =
  let pause w operation = Patience.pause t.patience w operation in
  let ended result =
    Patience.resume t.patience;
    Lwt.return result
  in
  let rec look from =
    match find_end t from with
    | _ when from = 0 && line_is_too_long t (max_target + request_line_room) ->
        ended Long_target
    | End stop when stop > max_head -> ended Long_head
    | End stop -> ended (Head (take t stop))
    | Look_from _ when buffered t > max_head -> ended Long_head
    | Look_from from -> (
        let nothing_yet = from = buffered t && find_lf t 0 = None in
        fill t (pause Roster.Head) >>= function
        | true -> look (if nothing_yet then 0 else from)
        | false -> ended No_head)
  in
  let rec start () =
    skip_empty_lines t;
    if buffered t > 0 then look 0
    else
      fill t (pause (if first then Head else Idle)) >>= function
      | true -> start ()
      | false -> ended No_head
  in
  start ()

(* {2 Lingering} *)

let rec discard t ~max =
  let length = buffered t in
  advance t length;
  if length > max then Lwt.return_false
  else
    fill t (fun operation -> Patience.pause t.patience Linger operation)
    >>= function
    | true -> discard t ~max:(max - length)
    | false -> Lwt.return_true
