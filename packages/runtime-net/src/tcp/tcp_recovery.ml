(* SPDX-License-Identifier: ISC *)

module Board = Tcp_scoreboard

type phase =
  | Open
  | Recovery  (** by retransmissions *)
  | Loss  (** after a timeout *)

(* Octets since this recovery began (RFC 6937). *)
type reduction = {
  mutable delivered : int;
  mutable out : int;
  mutable flight : int;  (** when it began *)
}

(* The latest that is known to have arrived, by the time that it was sent (RFC 8985,
   section 5.2). *)
type rack = {
  mutable sent : float;
  mutable last : int;
  mutable rtt : int;  (** negative before the first *)
  mutable min_rtt : int;
  mutable min_rtt_at : float;
  mutable highest : int;  (** sequence number that has arrived *)
  mutable reordering : bool;
  mutable window : int;  (** of reordering, in quarters of [min_rtt] *)
  mutable patience : int;  (** recoveries until the window shrinks again *)
  mutable round : int option;  (** a wider window was chosen in this one *)
  mutable at : float;  (** the timer *)
}

(* Octets that have arrived, for the rate of delivery. *)
type delivery = {
  mutable total : int;
  mutable at : float;
  mutable first_sent : float;
  mutable limited_until : int option;
      (** once so many have arrived, the application had more to send *)
  mutable round_end : int;
}

type tail = { probe_end : int; repeated : bool }

type t = {
  board : Board.t;
  congestion : Tcp_congestion.t;
  rack : rack;
  reduction : reduction;
  mutable sack : bool;
  mutable phase : phase;
  mutable recover : int;  (** the end of what was outstanding when loss began *)
  mutable duplicates : int;  (** of ACKs, without [sack] *)
  mutable tail : tail option;  (** a probe of it is under way *)
  mutable stamp : int option;  (** of the first retransmission, if any *)
  mutable repeats : int;
      (** retransmissions that the peer has not said it had already *)
  mutable undoable : bool;
  delivery : delivery;
}

type ack = {
  now : float;
  una : int;
  ack : int;
  next : int;
  blocks : (int * int) list;
  echo : int option;
  duplicate : bool;
}

let unknown = max_int

(* Segments: RFC 6928. *)
let initial_window = 10
let duplicates_of_loss = 3

let create congestion =
  {
    board = Board.create ();
    congestion;
    rack =
      {
        sent = neg_infinity;
        last = 0;
        rtt = -1;
        min_rtt = unknown;
        min_rtt_at = 0.;
        highest = 0;
        reordering = false;
        window = 1;
        patience = 0;
        round = None;
        at = infinity;
      };
    reduction = { delivered = 0; out = 0; flight = 0 };
    sack = false;
    phase = Open;
    recover = 0;
    duplicates = 0;
    tail = None;
    stamp = None;
    repeats = 0;
    undoable = false;
    delivery =
      { total = 0; at = 0.; first_sent = 0.; limited_until = None; round_end = 0 };
  }

let start t ~sack = t.sack <- sack
let knows_sack t = t.sack
let outstanding t = t.board
let is_active t = t.phase <> Open
let reorder_at t = t.rack.at
let mss t = Tcp_congestion.mss t.congestion

(* What is under way. A peer without selective acknowledgements says by each
   duplicate that one segment has left the network. *)
let pipe t =
  let n = Board.in_flight t.board in
  if t.duplicates = 0 then n else Int.max 0 (n - (t.duplicates * mss t))

let allowance t = Tcp_congestion.window t.congestion - pipe t

(* {1 What was sent} *)

let history t ~now : Board.history =
  let d = t.delivery in
  if Board.in_flight t.board = 0 then begin
    d.first_sent <- now;
    d.at <- now
  end;
  {
    delivered = d.total;
    delivered_at = d.at;
    first_sent = d.first_sent;
    limited = Option.is_some d.limited_until;
  }

let starved t =
  let d = t.delivery in
  d.limited_until <- Some (d.total + Board.in_flight t.board)

let sent t ~now ~again first last =
  Board.add t.board ~now ~again ~history:(history t ~now) first last;
  if t.phase = Recovery then
    t.reduction.out <- t.reduction.out + Tcp_seq.diff last first

let repeated t run ~now ~stamp length =
  Board.repeat t.board run ~now ~history:(history t ~now) length;
  t.repeats <- t.repeats + 1;
  if Option.is_none t.stamp then t.stamp <- Some stamp;
  if t.phase = Recovery then t.reduction.out <- t.reduction.out + length

(* {1 RACK: RFC 8985, section 6} *)

let was_sent_after ~sent ~last (run : Board.run) =
  sent > run.sent || (sent = run.sent && Tcp_seq.gt last run.last)

(* Section 6.1: the minimum of five minutes. *)
let min_rtt_lifetime = 300e6

let measure t rtt ~now us =
  let rack = t.rack in
  if us <= rack.min_rtt || now -. rack.min_rtt_at > min_rtt_lifetime then begin
    rack.min_rtt <- us;
    rack.min_rtt_at <- now
  end;
  Tcp_congestion.measure t.congestion ~rtt:us;
  Tcp_rtt.sample rtt us

(* [run] has arrived. Of one that was sent again, the ACK may be for the first time. *)
let note_arrival t ~now (run : Board.run) =
  let rack = t.rack in
  let us = Monotonic.elapsed ~since:run.sent now in
  if rack.rtt < 0 || Tcp_seq.gt run.last rack.highest then
    rack.highest <- run.last
  else if (not run.again) && Tcp_seq.lt run.last rack.highest then
    rack.reordering <- true;
  if
    (not (run.again && us < rack.min_rtt))
    && (rack.rtt < 0
        || rack.sent < run.sent
        || (rack.sent = run.sent && Tcp_seq.lt rack.last run.last))
  then begin
    rack.sent <- run.sent;
    rack.last <- run.last;
    rack.rtt <- us
  end

(* Section 6.2, step 4. *)
let reordering_window t ~srtt =
  let rack = t.rack in
  if
    (not rack.reordering)
    && (t.phase <> Open || Board.sacked t.board >= duplicates_of_loss * mss t)
  then 0
  else if rack.min_rtt = unknown then 0
  else Int.min (rack.window * (rack.min_rtt / 4)) srtt

(* Step 5. *)
let detect t ~now ~srtt =
  let rack = t.rack in
  rack.at <- infinity;
  if rack.rtt >= 0 && Board.in_flight t.board > 0 then begin
    let patience = rack.rtt + reordering_window t ~srtt in
    let is_lost (run : Board.run) =
      was_sent_after ~sent:rack.sent ~last:rack.last run
      &&
      let due = Monotonic.after run.sent patience in
      if due <= now then true
      else begin
        if due < rack.at then rack.at <- due;
        false
      end
    in
    Board.lose_if t.board is_lost
  end

(* A round trip after a segment that was sent twice for nothing, the window is
   wider; after sixteen recoveries without one it is as before. *)
let patience_recoveries = 16
let max_reordering_window = 64

let widen t ~una ~next =
  let rack = t.rack in
  let is_new =
    match rack.round with None -> true | Some last -> Tcp_seq.geq una last
  in
  if is_new then begin
    rack.round <- Some next;
    rack.window <- Int.min max_reordering_window (rack.window + 1);
    rack.patience <- patience_recoveries
  end

let note_recovery_ended t =
  let rack = t.rack in
  if rack.patience > 0 then begin
    rack.patience <- rack.patience - 1;
    if rack.patience = 0 then rack.window <- 1
  end

(* {1 The course of a recovery} *)

let begin_undo t =
  t.stamp <- None;
  t.repeats <- 0;
  t.undoable <- true

let enter_recovery ?(delivered = 0) t ~una ~next =
  t.phase <- Recovery;
  t.recover <- next;
  t.tail <- None;
  begin_undo t;
  let flight = Tcp_seq.diff next una in
  Tcp_congestion.reduce t.congestion ~flight;
  t.reduction.delivered <- delivered;
  t.reduction.out <- 0;
  t.reduction.flight <- Int.max 1 flight;
  (* The first retransmission goes in any case. *)
  Tcp_congestion.set_window t.congestion
    (match Tcp_congestion.model t.congestion with
     | Some bbr ->
       let window = Tcp_congestion.window t.congestion in
       Tcp_bbr.on_loss bbr ~window ~in_flight:(pipe t) ~mss:(mss t)
     | None -> pipe t + mss t)

(* RFC 6937, section 3, with the conservative bound unless [progress] was made. *)
let reduce_proportionally t ~delivered ~progress =
  let r = t.reduction in
  r.delivered <- r.delivered + delivered;
  let pipe = pipe t and target = Tcp_congestion.threshold t.congestion in
  let more =
    if pipe > target then
      let due = float_of_int r.delivered *. float_of_int target in
      int_of_float (Float.ceil (due /. float_of_int r.flight)) - r.out
    else
      let owed = r.delivered - r.out in
      let bound =
        if progress then Int.max owed delivered + mss t
        else Int.max owed delivered
      in
      Int.min (target - pipe) bound
  in
  Tcp_congestion.set_window t.congestion (pipe + Int.max 0 more)

let leave t =
  Tcp_congestion.recovered t.congestion;
  note_recovery_ended t;
  t.phase <- Open;
  t.undoable <- false

let undo t =
  Board.find_again t.board;
  Tcp_congestion.undo t.congestion;
  t.phase <- Open;
  t.undoable <- false;
  t.rack.at <- infinity

(* The echo is older than the first retransmission: what it acknowledges is not the
   retransmission. Or the peer had all that was sent again. *)
let was_in_vain t (a : ack) ~progress =
  t.undoable
  &&
  match (t.stamp, a.echo) with
  | Some _, _ when t.repeats = 0 -> true
  | Some stamp, Some echo -> progress && Tcp_seq.lt echo stamp
  | _, _ -> false

(* RFC 2883, section 4: before the acknowledged, or within the next block. *)
let duplicate_block (a : ack) =
  match a.blocks with
  | (first, last) :: _
    when Tcp_seq.leq last a.ack && Tcp_seq.lt first last ->
    true
  | (first, last) :: (first', last') :: _
    when Tcp_seq.geq first first' && Tcp_seq.leq last last' && Tcp_seq.lt first last
    ->
    true
  | _ -> false

let take_blocks t (a : ack) ~note =
  let take delivered (first, last) =
    if
      Tcp_seq.lt first last && Tcp_seq.gt last a.ack && Tcp_seq.leq last a.next
      && Tcp_seq.geq first a.una
    then delivered + Board.sack t.board (Tcp_seq.max first a.ack) last note
    else delivered
  in
  List.fold_left take 0 a.blocks

(* Peers without selective acknowledgements: RFC 5681, section 3.2, and RFC 6582. *)
let judge_duplicates t (a : ack) ~acked =
  if acked > 0 then begin
    t.duplicates <- Int.max 0 (t.duplicates - (acked / mss t));
    if t.phase = Recovery && Tcp_seq.lt a.ack t.recover then
      Board.lose_first t.board (mss t)
    else if t.phase <> Recovery then t.duplicates <- 0
  end
  else if a.duplicate then begin
    t.duplicates <- t.duplicates + 1;
    if
      t.duplicates = duplicates_of_loss && t.phase = Open
      && Tcp_seq.geq a.una t.recover
    then Board.lose_first t.board (mss t)
  end

let end_tail_probe t (a : ack) ~duplicate ~acked =
  match t.tail with
  | Some tail when Tcp_seq.geq a.ack tail.probe_end ->
    t.tail <- None;
    (* It was sent again, and the first was lost: that was a loss like any other. *)
    if tail.repeated && (not duplicate) && acked > 0 then begin
      enter_recovery t ~una:a.una ~next:a.next;
      leave t
    end
  | Some tail when tail.repeated && duplicate -> t.tail <- None
  | Some _ | None -> ()

(* The rate at which octets have arrived since [run] was sent. *)
let rate t ~now (run : Board.run) =
  let h = run.history and d = t.delivery in
  let interval = Float.max (run.sent -. h.first_sent) (now -. h.delivered_at) in
  if t.rack.min_rtt < unknown && interval >= float_of_int t.rack.min_rtt && interval > 0.
  then float_of_int (d.total - h.delivered) /. interval
  else -1.

let update_model t bbr ~now ~newest ~sample ~delivered ~lost =
  let d = t.delivery in
  d.total <- d.total + delivered;
  d.at <- now;
  (match d.limited_until with
   | Some until when d.total - until > 0 -> d.limited_until <- None
   | Some _ | None -> ());
  let rate, round, limited =
    match newest with
    | None -> (-1., false, false)
    | Some (run : Board.run) ->
      let h = run.history in
      let rate = rate t ~now run in
      d.first_sent <- run.sent;
      let round = h.delivered - d.round_end >= 0 in
      if round then d.round_end <- d.total;
      (rate, round, h.limited)
  in
  Tcp_congestion.set_window t.congestion
    (Tcp_bbr.on_ack bbr ~mss:(mss t)
       ~window:(Tcp_congestion.window t.congestion)
       {
         now;
         rate;
         rtt = sample;
         round;
         limited;
         acked = delivered;
         in_flight = pipe t;
         lost;
         young = d.total < 2 * initial_window * mss t;
       })

let on_ack t rtt (a : ack) =
  let acked = Int.max 0 (Tcp_seq.diff a.ack a.una) in
  let flight_before = Tcp_seq.diff a.next a.una in
  let sample = ref (-1) in
  let newest = ref None in
  let note (run : Board.run) =
    (match !newest with
     | Some (other : Board.run) when other.history.delivered - run.history.delivered > 0 -> ()
     | Some _ | None -> newest := Some run);
    if not run.again then sample := Monotonic.elapsed ~since:run.sent a.now;
    note_arrival t ~now:a.now run
  in
  let delivered = Board.acknowledge t.board a.ack note in
  let is_plain = a.blocks = [] in
  let duplicate = (not is_plain) && duplicate_block a in
  let delivered =
    if is_plain || not t.sack then delivered else delivered + take_blocks t a ~note
  in
  if !sample >= 0 then measure t rtt ~now:a.now !sample;
  if duplicate then begin
    if t.repeats > 0 then t.repeats <- t.repeats - 1;
    if t.sack then widen t ~una:a.una ~next:a.next
  end;
  if not t.sack then judge_duplicates t a ~acked;
  if Option.is_some t.tail then end_tail_probe t a ~duplicate ~acked;
  if was_in_vain t a ~progress:(acked > 0) then undo t;
  let srtt = Tcp_rtt.smoothed rtt in
  if
    t.sack
    && (Board.sacked t.board > 0 || t.phase <> Open || t.rack.at < infinity)
  then detect t ~now:a.now ~srtt;
  let delivered =
    if t.sack || not a.duplicate then delivered else delivered + mss t
  in
  let lost_before = Board.lost t.board in
  (match t.phase with
  | Open ->
    if Board.lost t.board > 0 then
      enter_recovery t ~delivered ~una:a.ack ~next:a.next
    else if acked > 0 && Option.is_none (Tcp_congestion.model t.congestion) then
      Tcp_congestion.on_ack t.congestion ~now:a.now ~ack:a.ack ~next:a.next ~acked
        ~flight:flight_before ~rtt:srtt
  | Recovery ->
    if acked > 0 && Tcp_seq.geq a.ack t.recover then begin
      t.duplicates <- 0;
      leave t;
      if Board.lost t.board > 0 then enter_recovery t ~una:a.ack ~next:a.next
    end
    else if delivered > 0 && Option.is_none (Tcp_congestion.model t.congestion) then
      reduce_proportionally t ~delivered ~progress:(acked > 0)
  | Loss ->
    if acked > 0 && Tcp_seq.geq a.ack t.recover then begin
      t.phase <- Open;
      t.undoable <- false;
      if Option.is_some (Tcp_congestion.model t.congestion) then
        Tcp_congestion.recovered t.congestion
    end
    else if delivered > 0 && Option.is_none (Tcp_congestion.model t.congestion) then
      Tcp_congestion.on_ack t.congestion ~now:a.now ~ack:a.ack ~next:a.next
        ~acked:(Int.min delivered (2 * mss t))
        ~flight:flight_before ~rtt:srtt);
  match Tcp_congestion.model t.congestion with
  | Some bbr when delivered > 0 ->
    update_model t bbr ~now:a.now ~newest:!newest ~sample:!sample ~delivered
      ~lost:(lost_before > 0)
  | Some _ | None -> ()

(* {1 Timers} *)

let on_reorder_timer t ~now ~una ~next =
  detect t ~now ~srtt:max_int;
  if t.phase = Open && Board.lost t.board > 0 then enter_recovery t ~una ~next

(* Section 6.3, and RFC 6675, section 5.1: a receiver whose first hole is filled by its
   own account has dropped what it said it had. *)
let on_timeout t ~now ~una ~next ~first =
  (match Board.first t.board with
   | Some run when run.mark = Sacked -> Board.forget_sacks t.board
   | Some _ | None -> ());
  let patience = Int.max 0 t.rack.rtt + reordering_window t ~srtt:max_int in
  let head = Board.first t.board in
  let is_head (run : Board.run) =
    match head with Some first -> first == run | None -> false
  in
  Board.lose_if t.board (fun run ->
      is_head run || (not t.sack) || Monotonic.after run.sent patience <= now);
  if first && (t.phase <> Loss || Tcp_seq.geq una t.recover) then begin
    begin_undo t;
    Option.iter
      (Tcp_bbr.on_timeout ~window:(Tcp_congestion.window t.congestion))
      (Tcp_congestion.model t.congestion);
    Tcp_congestion.reduce t.congestion ~flight:(Tcp_seq.diff next una)
  end;
  t.phase <- Loss;
  t.recover <- next;
  t.duplicates <- 0;
  t.tail <- None;
  t.rack.at <- infinity;
  Tcp_congestion.set_window t.congestion (pipe t + mss t)

let resend t = Board.lose_if t.board (fun _ -> true)

(* The wake-up of a timer costs more than a probe that is due a little sooner
   saves. *)
let min_probe_timeout = 20_000

(* How long a peer may delay the ACK of a single segment, where it mostly does not. *)
let max_ack_delay = 50_000

let probe_timeout t rtt =
  if
    (not t.sack) || t.phase <> Open
    || Option.is_some t.tail
    || Board.in_flight t.board = 0
    || Tcp_rtt.back_offs rtt > 0
    || Board.sacked t.board > 0
  then None
  else
    let srtt = Tcp_rtt.smoothed rtt in
    if srtt = 0 then None
    else
      let single = Board.in_flight t.board <= mss t in
      Some
        (Int.max min_probe_timeout
           ((2 * srtt) + if single then max_ack_delay else 0))

let probe_sent t ~next ~again =
  t.tail <- Some { probe_end = next; repeated = again }
