(* SPDX-License-Identifier: ISC *)

open Tcp_conn

(* The window field, after taking note of the edge it offers. A smaller window
   than before is never offered, a larger one in large steps only (RFC 9293,
   section 3.8.6.2.2). *)
let offer_window t ~shift =
  let free = window_room t in
  let offered = Int.max 0 (Tcp_seq.diff t.rcv.edge t.rcv.expected) in
  let step = Int.min (t.rcv.capacity / 2) t.config.mss in
  let window = if free - offered >= step then free else offered in
  let field = Int.min 0xffff (window lsr shift) in
  t.rcv.edge <-
    Tcp_seq.max t.rcv.edge (Tcp_seq.add t.rcv.expected (field lsl shift));
  field

let timestamps t ~now =
  if t.ts.on then Some (timestamp t ~now, t.ts.recent) else None

(* What came twice goes first, then what came last (RFC 2883, section 4; RFC 2018,
   section 4). Nothing that was received is dropped again. *)
let sack_blocks t =
  if not (Tcp_recovery.knows_sack t.recovery) then []
  else
    match (t.rcv.twice, Tcp_reassembly.ranges t.rcv.reassembly) with
    | None, [] -> []
    | twice, ranges ->
      let most = Tcp_options.max_sack_blocks ~timestamps:t.ts.on in
      t.rcv.twice <- None;
      List.filteri (fun i _ -> i < most) (Option.to_list twice @ ranges)

let segment ?(sack = []) t ~now ~seq ~flags ~payload ~length : Tcp_wire.t =
  t.due.ack <- false;
  t.due.ack_soon <- false;
  t.at.delayed_ack <- never;
  t.rcv.unacknowledged <- 0;
  t.rcv.ack_sent <- t.rcv.expected;
  {
    src_port = t.local_port;
    dst_port = t.remote_port;
    seq;
    ack = t.rcv.expected;
    flags;
    window = offer_window t ~shift:t.rcv.shift;
    options = { Tcp_options.none with timestamps = timestamps t ~now; sack };
    payload;
    length;
  }

(* Behind all that was sent, except for the octet of a probe, which the peer may
   have no window for. *)
let bare_seq t = if t.at.persist <> never then t.snd.nxt else t.snd.max

let bare_ack t ~now ~seq =
  segment t ~now ~seq ~sack:(sack_blocks t)
    ~flags:(Tcp_wire.flags ~ack:true ())
    ~payload:[] ~length:0

let syn t ~now : Tcp_wire.t =
  let ack = t.state = Syn_received in
  let echo = if ack then t.ts.recent else 0 in
  t.snd.nxt <- Tcp_seq.add t.snd.iss 1;
  if t.snd.max = t.snd.iss then begin
    t.snd.max <- t.snd.nxt;
    t.at.timed <- now
  end
  else t.at.timed <- never;
  t.at.sent <- now;
  t.at.retransmit <- Monotonic.after now (Tcp_rtt.timeout t.rtt);
  t.due.ack <- false;
  {
    src_port = t.local_port;
    dst_port = t.remote_port;
    seq = t.snd.iss;
    ack = (if ack then t.rcv.expected else 0);
    flags = Tcp_wire.flags ~syn:true ~ack ();
    window =
      (if ack then offer_window t ~shift:0 else Int.min 0xffff t.rcv.capacity);
    options =
      {
        mss = Some t.config.mss;
        window_scale = (if t.window_scaling then Some t.rcv.shift else None);
        timestamps =
          (if t.ts.on then Some (timestamp t ~now, echo) else None);
        sack_permitted = t.config.sack && ((not ack) || Tcp_recovery.knows_sack t.recovery);
        sack = [];
      };
    payload = [];
    length = 0;
  }

let reset t ~now =
  t.due.reset <- false;
  segment t ~now ~seq:(bare_seq t)
    ~flags:(Tcp_wire.flags ~rst:true ~ack:true ())
    ~payload:[] ~length:0

(* The first FIN moves the connection on. *)
let note_fin t =
  match t.state with
  | Established -> t.state <- Fin_wait_1
  | Close_wait -> t.state <- Last_ack
  | Syn_sent | Syn_received | Fin_wait_1 | Fin_wait_2 | Closing | Last_ack
  | Time_wait | Closed ->
    ()

(* A segment with [length] octets of the queue from [seq] on, and the FIN if it
   comes next and [fin]; and what follows it. *)
let text ?(fin = true) t ~now ~seq ~length =
  let off = Tcp_seq.diff seq t.snd.data_una in
  let to_end = off + length = Tcp_send_queue.length t.snd.queue in
  let fin = fin && t.snd.closing && to_end in
  if fin then note_fin t;
  let next = Tcp_seq.add seq (length + if fin then 1 else 0) in
  t.snd.max <- Tcp_seq.max t.snd.max next;
  if length >= t.snd.mss && Option.is_none t.snd.full_end then
    t.snd.full_end <- Some (Tcp_seq.add seq t.snd.mss);
  if length mod t.snd.mss > 0 then begin
    t.snd.small_ends.(t.snd.small_count mod Array.length t.snd.small_ends) <- next;
    t.snd.small_count <- t.snd.small_count + 1
  end;
  t.at.sent <- now;
  if t.at.retransmit = never then
    t.at.retransmit <- Monotonic.after now (Tcp_rtt.timeout t.rtt);
  let s =
    segment t ~now ~seq
      ~flags:(Tcp_wire.flags ~ack:true ~fin ~psh:(to_end && length > 0) ())
      ~payload:(Tcp_send_queue.slices t.snd.queue ~off ~len:length)
      ~length
  in
  (s, next)

(* The first octets of [run] again, [most] at the most. The peer's window may have
   shrunk since; if it is closed, one octet at its edge asks for it. *)
let repeat t ~now (run : Tcp_scoreboard.run) ~most =
  Count.(one tcp_retransmitted);
  let seq = run.first in
  let data = Int.max 0 (Tcp_seq.diff (fin_seq t) seq) in
  let open_to = Tcp_seq.diff (Tcp_seq.add t.snd.una (Int.max 1 t.snd.wnd)) seq in
  let all = Tcp_seq.diff run.last seq in
  let length = Int.min (Int.min data all) (Int.min most open_to) in
  if open_to <= 0 || (length <= 0 && data > 0) then None
  else begin
    let s, next = text t ~now ~seq ~length ~fin:(all > length) in
    Tcp_recovery.repeated t.recovery run ~now ~stamp:(timestamp t ~now)
      (Tcp_seq.diff next seq);
    Some s
  end

(* What was lost, as far as the congestion window allows; the first after a loss in
   any case. *)
let retransmission t ~now ~limit =
  match Tcp_scoreboard.next_lost (Tcp_recovery.outstanding t.recovery) with
  | None ->
    t.due.retransmit <- false;
    None
  | Some run ->
    let allowance = Tcp_recovery.allowance t.recovery in
    let whole = Tcp_seq.diff run.last run.first in
    let mss = t.snd.mss in
    if t.due.retransmit || allowance >= Int.min mss whole then begin
      t.due.retransmit <- false;
      let most = Int.max mss (Int.min allowance limit / mss * mss) in
      let sent = repeat t ~now run ~most in
      if Option.is_some sent && run.first = t.snd.una then
        t.at.retransmit <- Monotonic.after now (Tcp_rtt.timeout t.rtt);
      sent
    end
    else None

(* Octets in the queue from [snd_nxt] on; negative once the FIN was sent. *)
let unsent t = Tcp_seq.diff (fin_seq t) t.snd.nxt

(* What fits into a small window, or one octet beyond a closed one (RFC 9293,
   section 3.8.6.1). The next one is sent from the same place. *)
let probe t ~now =
  t.due.probe <- false;
  let length = Int.max 1 (Int.min (unsent t) (Int.min t.snd.wnd t.snd.mss)) in
  let s, _ = text t ~now ~seq:t.snd.nxt ~length in
  t.at.retransmit <- never;
  t.at.timed <- never;
  s

(* A segment that provokes an ACK, which tells what of the last ones got lost: new
   data, or else the last segment again (RFC 8985, section 7.3). *)
let tail_probe t ~now =
  t.due.tail_probe <- false;
  let board = Tcp_recovery.outstanding t.recovery in
  let window = t.snd.wnd - Tcp_seq.diff t.snd.nxt t.snd.una in
  let fresh = Int.min (Int.min (unsent t) window) t.snd.mss in
  let sent =
    if fresh > 0 then begin
      let seq = t.snd.nxt in
      let s, next = text t ~now ~seq ~length:fresh in
      Tcp_recovery.sent t.recovery ~now ~again:(Tcp_seq.lt seq t.snd.max) seq next;
      t.snd.nxt <- next;
      Tcp_recovery.probe_sent t.recovery ~next ~again:false;
      Some s
    end
    else
      match Tcp_scoreboard.last_in_flight board with
      | None -> None
      | Some run ->
        let part = Tcp_scoreboard.tail board run t.snd.mss in
        let s = repeat t ~now part ~most:t.snd.mss in
        if Option.is_some s then
          Tcp_recovery.probe_sent t.recovery ~next:t.snd.nxt ~again:true;
        s
  in
  t.at.retransmit <- Monotonic.after now (Tcp_rtt.timeout t.rtt);
  sent

let keepalive t ~now =
  t.due.keepalive <- false;
  bare_ack t ~now ~seq:(Tcp_seq.add t.snd.una (-1))

(* Nagle's algorithm with a credit: a small segment waits only while several
   others are unacknowledged, the oldest of which ends at the ring's next
   place. *)
let may_send_small t ~now =
  let ring = Array.length t.snd.small_ends in
  let oldest = t.snd.small_ends.(t.snd.small_count mod ring) in
  t.snd.small_count < ring
  || Tcp_seq.leq oldest t.snd.una
  || Tcp_seq.geq t.snd.at_once_until (fin_seq t)
  || t.snd.closing
  || t.at.nagle <= now

(* {1 Pacing} *)

(* Timers have a granularity of a millisecond: what they missed may be made up for. *)
let pacing_slack = 2_000.

(* What goes at a time. *)
let pacing_quantum = 1_000.

(* A little more or less does not matter. *)
let pace t ~now ~length =
  if length >= t.snd.mss then
  let rate = Tcp_congestion.pacing_rate t.congestion in
  if rate > 0. then
    t.at.next_send <-
      Float.max t.at.next_send (now -. pacing_slack)
      +. (float_of_int length /. rate)

let has_much_text t =
  unsent t > 2 * t.snd.mss
  || Tcp_scoreboard.lost (Tcp_recovery.outstanding t.recovery) > 0

let paced_limit t ~limit =
  let rate =
    if has_much_text t then Tcp_congestion.pacing_rate t.congestion else 0.
  in
  if rate > 0. then
    Int.min limit (Int.max (2 * t.snd.mss) (int_of_float (Float.min 1e6 (rate *. pacing_quantum))))
  else limit

let has_text t =
  unsent t > 0 || Tcp_scoreboard.lost (Tcp_recovery.outstanding t.recovery) > 0

let must_wait t ~now =
  let waits = t.at.next_send > now && Tcp_congestion.pacing_rate t.congestion > 0. in
  if waits && has_text t then t.at.paced <- t.at.next_send;
  waits

let sends_data t =
  match t.state with
  | Established | Close_wait | Fin_wait_1 | Closing | Last_ack -> true
  | Syn_sent | Syn_received | Fin_wait_2 | Time_wait | Closed -> false

(* Octets of new data, or data to be sent again, that may go now. *)
let sendable t ~now ~limit =
  let queued = unsent t in
  let window = t.snd.wnd - Tcp_seq.diff t.snd.nxt t.snd.una in
  let usable = Int.min window (Tcp_recovery.allowance t.recovery) in
  let n = Int.max 0 (Int.min queued usable) in
  let most = Int.max t.snd.mss (limit - (limit mod t.snd.mss)) in
  if n = 0 then 0
  else if n >= most then most
  else if n >= t.snd.mss then
    if n = queued && may_send_small t ~now then n else n - (n mod t.snd.mss)
  else if n = queued then
    if may_send_small t ~now then n
    else begin
      if t.at.nagle = never then t.at.nagle <- Monotonic.after now t.config.nagle_hold;
      0
    end
  else if 2 * n >= t.snd.max_wnd then n
  else 0

(* Data waits for a window that is closed, or too small, and nothing is in
   flight whose ACK could open it. *)
let watch_window t ~now ~waiting =
  if waiting && t.at.retransmit = never && t.at.nagle = never then begin
    if t.at.persist = never then t.at.persist <- Monotonic.after now (Tcp_rtt.timeout t.rtt)
  end
  else if not waiting then t.at.persist <- never

let restart_after_idle t ~now =
  if t.snd.una = t.snd.max && Monotonic.after t.at.sent (Tcp_rtt.timeout t.rtt) < now then
    Tcp_congestion.on_idle t.congestion

let data t ~now ~limit =
  let queued = unsent t in
  if queued > 0 then restart_after_idle t ~now;
  let n = if queued > 0 then sendable t ~now ~limit else 0 in
  if n = queued && Tcp_recovery.allowance t.recovery > n then
    Tcp_recovery.starved t.recovery;
  let fin = t.snd.closing && queued = 0 in
  watch_window t ~now ~waiting:(queued > 0 && n = 0);
  if n > 0 || fin then begin
    t.at.nagle <- never;
    let seq = t.snd.nxt in
    let again = Tcp_seq.lt seq t.snd.max in
    let s, next = text t ~now ~seq ~length:n in
    Tcp_recovery.sent t.recovery ~now ~again seq next;
    t.snd.nxt <- next;
    watch_tail t ~now;
    Some s
  end
  else None

let paced_text t ~now ~limit =
  let limit = paced_limit t ~limit in
  let text =
    match retransmission t ~now ~limit with
    | Some _ as text -> text
    | None -> data t ~now ~limit
  in
  Option.iter (fun (s : Tcp_wire.t) -> pace t ~now ~length:s.length) text;
  text

let text_due t ~now ~limit =
  if t.due.tail_probe then
    match tail_probe t ~now with
    | Some _ as text -> text
    | None -> paced_text t ~now ~limit
  else if t.due.probe && unsent t > 0 then Some (probe t ~now)
  else if must_wait t ~now then None
  else paced_text t ~now ~limit

let next t ~now ~limit =
  match t.state with
  | Closed -> if t.due.reset then Some (reset t ~now) else None
  | Syn_sent | Syn_received ->
    if t.snd.nxt = t.snd.iss then Some (syn t ~now)
    else if t.due.ack then Some (bare_ack t ~now ~seq:(bare_seq t))
    else None
  | Established | Fin_wait_1 | Fin_wait_2 | Close_wait | Closing | Last_ack
  | Time_wait -> (
    (* Data has no room for what came out of order. *)
    if t.due.ack && not (Tcp_reassembly.is_empty t.rcv.reassembly) then
      Some (bare_ack t ~now ~seq:(bare_seq t))
    else
      match if sends_data t then text_due t ~now ~limit else None with
      | Some _ as text -> text
      | None ->
        if t.due.keepalive then Some (keepalive t ~now)
        else if t.due.ack || t.due.ack_soon then
          Some (bare_ack t ~now ~seq:(bare_seq t))
        else None)
