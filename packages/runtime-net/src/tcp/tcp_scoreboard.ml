(* SPDX-License-Identifier: ISC *)

type mark = Sent | Lost | Sacked

type history = {
  delivered : int;
  delivered_at : float;
  first_sent : float;
  limited : bool;
}

type run = {
  mutable first : int;
  mutable last : int;
  mutable mark : mark;
  mutable again : bool;
  mutable sent : float;
  mutable history : history;
  mutable before : run;
  mutable after : run;
}

(* The runs are a ring behind [head], which is none. *)
type t = {
  head : run;
  mutable count : int;
  mutable in_flight : int;
  mutable lost : int;
  mutable sacked : int;
}

(* A peer that reports single octets must not make more runs than segments. *)
let max_runs = 8192

let create () =
  let rec head =
    {
      first = 0;
      last = 0;
      mark = Sent;
      again = false;
      sent = 0.;
      history = { delivered = 0; delivered_at = 0.; first_sent = 0.; limited = false };
      before = head;
      after = head;
    }
  in
  { head; count = 0; in_flight = 0; lost = 0; sacked = 0 }

let is_empty t = t.head.after == t.head
let in_flight t = t.in_flight
let lost t = t.lost
let sacked t = t.sacked
let length run = Tcp_seq.diff run.last run.first

let count t mark n =
  match mark with
  | Sent -> t.in_flight <- t.in_flight + n
  | Lost -> t.lost <- t.lost + n
  | Sacked -> t.sacked <- t.sacked + n

let set_mark t run mark =
  let n = length run in
  count t run.mark (-n);
  count t mark n;
  run.mark <- mark

let insert_after t place run =
  run.before <- place;
  run.after <- place.after;
  place.after.before <- run;
  place.after <- run;
  t.count <- t.count + 1

let unlink t run =
  run.before.after <- run.after;
  run.after.before <- run.before;
  t.count <- t.count - 1

let add t ~now ~again ~history first last =
  let run =
    { first; last; mark = Sent; again; sent = now; history; before = t.head; after = t.head }
  in
  insert_after t t.head.before run;
  t.in_flight <- t.in_flight + length run

(* Divides [run] at [seq], which lies within; [run] is the first part. *)
let split t run seq =
  let rest = { run with first = seq } in
  run.last <- seq;
  insert_after t run rest

let acknowledge t ack f =
  let rec go delivered =
    let run = t.head.after in
    if run == t.head || Tcp_seq.geq run.first ack then delivered
    else begin
      let last = run.last in
      let whole = Tcp_seq.leq last ack in
      let upto = if whole then last else ack in
      let n = Tcp_seq.diff upto run.first in
      let arrived = run.mark = Sacked in
      count t run.mark (-n);
      run.last <- upto;
      if not arrived then f run;
      if whole then unlink t run
      else begin
        run.last <- last;
        run.first <- ack
      end;
      let delivered = if arrived then delivered else delivered + n in
      if whole then go delivered else delivered
    end
  in
  go 0

(* Runs that have arrived need no history. *)
let join t run =
  let joins a b = a != t.head && b != t.head && a.mark = Sacked && b.mark = Sacked in
  if joins run run.after then begin
    let next = run.after in
    run.last <- next.last;
    unlink t next
  end;
  if joins run.before run then begin
    let previous = run.before in
    previous.last <- run.last;
    unlink t run
  end

let sack t first last f =
  let rec go run delivered =
    if run == t.head || Tcp_seq.geq run.first last then delivered
    else if Tcp_seq.leq run.last first || run.mark = Sacked then
      go run.after delivered
    else if t.count >= max_runs then delivered
    else if Tcp_seq.lt run.first first then begin
      split t run first;
      go run.after delivered
    end
    else begin
      if Tcp_seq.gt run.last last then split t run last;
      let n = length run and next = run.after in
      f run;
      set_mark t run Sacked;
      join t run;
      go next (delivered + n)
    end
  in
  (* The newest blocks are near the end, the oldest near the beginning. *)
  go t.head.after 0

let iter t f =
  let rec go run =
    if run != t.head then begin
      let next = run.after in
      f run;
      go next
    end
  in
  go t.head.after

let forget_sacks t =
  iter t (fun run -> if run.mark = Sacked then set_mark t run Lost)

let lose_if t f =
  iter t (fun run -> if run.mark = Sent && f run then set_mark t run Lost)

let find_again t =
  iter t (fun run -> if run.mark = Lost then set_mark t run Sent)

let rec find t run mark =
  if run == t.head then None
  else if run.mark = mark then Some run
  else find t run.after mark

let rec find_back t run mark =
  if run == t.head then None
  else if run.mark = mark then Some run
  else find_back t run.before mark

(* What was lost is sent again as one. *)
let rec gather t run =
  let next = run.after in
  if next != t.head && next.mark = Lost then begin
    run.last <- next.last;
    unlink t next;
    gather t run
  end

let next_lost t =
  if t.lost = 0 then None
  else begin
    let run = find t t.head.after Lost in
    Option.iter (gather t) run;
    run
  end
let last_in_flight t = find_back t t.head.before Sent
let first t = if is_empty t then None else Some t.head.after

let cut t run n =
  if n < length run then split t run (Tcp_seq.add run.first n)

let lose_first t most =
  match find t t.head.after Sent with
  | None -> ()
  | Some run ->
    cut t run most;
    set_mark t run Lost

let repeat t run ~now ~history n =
  cut t run n;
  set_mark t run Sent;
  run.again <- true;
  run.sent <- now;
  run.history <- history

let tail t run n =
  if n < length run then begin
    split t run (Tcp_seq.add run.last (-n));
    run.after
  end
  else run

let clear t =
  t.head.after <- t.head;
  t.head.before <- t.head;
  t.count <- 0;
  t.in_flight <- 0;
  t.lost <- 0;
  t.sacked <- 0
