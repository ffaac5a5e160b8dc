(* SPDX-License-Identifier: ISC *)

open Tcp_conn

(* The window field, after taking note of the edge it offers. A smaller window
   than before is never offered, a larger one in large steps only (RFC 9293,
   section 3.8.6.2.2). *)
let offer_window t ~shift =
  let free = Int.max 0 (t.capacity - Tcp_receive_queue.length t.receive_queue) in
  let offered = Int.max 0 (Tcp_seq.diff t.rcv_edge t.rcv_nxt) in
  let step = Int.min (t.capacity / 2) t.config.mss in
  let window = if free - offered >= step then free else offered in
  let field = Int.min 0xffff (window lsr shift) in
  t.rcv_edge <-
    Tcp_seq.max t.rcv_edge (Tcp_seq.add t.rcv_nxt (field lsl shift));
  field

let timestamps t ~now =
  if t.timestamps then Some (timestamp t ~now, t.ts_recent) else None

let segment t ~now ~seq ~flags ~payload ~length : Tcp_wire.t =
  t.ack_due <- false;
  t.ack_soon <- false;
  t.at.delayed_ack <- never;
  t.unacknowledged <- 0;
  t.ack_sent <- t.rcv_nxt;
  {
    src_port = t.local_port;
    dst_port = t.remote_port;
    seq;
    ack = t.rcv_nxt;
    flags;
    window = offer_window t ~shift:t.rcv_shift;
    options = { Tcp_options.none with timestamps = timestamps t ~now };
    payload;
    length;
  }

(* Behind all that was sent, except for the octet of a probe, which the peer may
   have no window for. *)
let bare_seq t = if t.at.persist <> never then t.snd_nxt else t.snd_max

let bare_ack t ~now ~seq =
  segment t ~now ~seq
    ~flags:(Tcp_wire.flags ~ack:true ())
    ~payload:[] ~length:0

let syn t ~now : Tcp_wire.t =
  let ack = t.state = Syn_received in
  let echo = if ack then t.ts_recent else 0 in
  t.snd_nxt <- Tcp_seq.add t.iss 1;
  if t.snd_max = t.iss then begin
    t.snd_max <- t.snd_nxt;
    t.timed_seq <- t.snd_nxt;
    t.at.timed <- now
  end
  else t.at.timed <- never;
  t.at.sent <- now;
  t.at.retransmit <- Monotonic.after now (Tcp_rtt.timeout t.rtt);
  t.ack_due <- false;
  {
    src_port = t.local_port;
    dst_port = t.remote_port;
    seq = t.iss;
    ack = (if ack then t.rcv_nxt else 0);
    flags = Tcp_wire.flags ~syn:true ~ack ();
    window =
      (if ack then offer_window t ~shift:0 else Int.min 0xffff t.capacity);
    options =
      {
        mss = Some t.config.mss;
        window_scale = (if t.window_scaling then Some t.rcv_shift else None);
        timestamps =
          (if t.timestamps then Some (timestamp t ~now, echo) else None);
      };
    payload = [];
    length = 0;
  }

let reset t ~now =
  t.reset_due <- false;
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
   comes next. *)
let text t ~now ~seq ~length =
  let off = Tcp_seq.diff seq t.data_una in
  let to_end = off + length = Tcp_send_queue.length t.send_queue in
  let fin = t.closing && to_end in
  if fin then note_fin t;
  let next = Tcp_seq.add seq (length + if fin then 1 else 0) in
  if Tcp_seq.gt next t.snd_max then begin
    (* Nothing that was sent before is timed (Karn's algorithm). *)
    if t.at.timed = never && Tcp_seq.geq seq t.snd_max then begin
      t.timed_seq <- next;
      t.at.timed <- now
    end;
    t.snd_max <- next
  end
  else t.at.timed <- never;
  if length >= t.mss && Option.is_none t.full_end then
    t.full_end <- Some (Tcp_seq.add seq t.mss);
  if length mod t.mss > 0 then begin
    t.small_ends.(t.small_count mod Array.length t.small_ends) <- next;
    t.small_count <- t.small_count + 1
  end;
  t.at.sent <- now;
  if t.at.retransmit = never then
    t.at.retransmit <- Monotonic.after now (Tcp_rtt.timeout t.rtt);
  let s =
    segment t ~now ~seq
      ~flags:(Tcp_wire.flags ~ack:true ~fin ~psh:(to_end && length > 0) ())
      ~payload:(Tcp_send_queue.slices t.send_queue ~off ~len:length)
      ~length
  in
  (s, next)

let retransmission t ~now =
  t.retransmit_due <- false;
  let available = Tcp_send_queue.length t.send_queue in
  let s, next = text t ~now ~seq:t.snd_una ~length:(Int.min t.mss available) in
  t.snd_nxt <- Tcp_seq.max t.snd_nxt next;
  t.at.retransmit <- Monotonic.after now (Tcp_rtt.timeout t.rtt);
  s

(* Octets in the queue from [snd_nxt] on; negative once the FIN was sent. *)
let unsent t = Tcp_seq.diff (fin_seq t) t.snd_nxt

(* What fits into a small window, or one octet beyond a closed one (RFC 9293,
   section 3.8.6.1). The next one is sent from the same place. *)
let probe t ~now =
  t.probe_due <- false;
  let length = Int.max 1 (Int.min (unsent t) (Int.min t.snd_wnd t.mss)) in
  let s, _ = text t ~now ~seq:t.snd_nxt ~length in
  t.at.retransmit <- never;
  t.at.timed <- never;
  s

let keepalive t ~now =
  t.keepalive_due <- false;
  bare_ack t ~now ~seq:(Tcp_seq.add t.snd_una (-1))

(* Nagle's algorithm with a credit: a small segment waits only while several
   others are unacknowledged, the oldest of which ends at the ring's next
   place. *)
let may_send_small t ~now =
  let ring = Array.length t.small_ends in
  let oldest = t.small_ends.(t.small_count mod ring) in
  t.small_count < ring
  || Tcp_seq.leq oldest t.snd_una
  || Tcp_seq.geq t.at_once_until (fin_seq t)
  || t.closing
  || t.at.nagle <= now

let sends_data t =
  match t.state with
  | Established | Close_wait | Fin_wait_1 | Closing | Last_ack -> true
  | Syn_sent | Syn_received | Fin_wait_2 | Time_wait | Closed -> false

(* Octets of new data, or data to be sent again, that may go now. *)
let sendable t ~now ~limit =
  let queued = unsent t in
  let window = Int.min t.snd_wnd (Tcp_congestion.window t.congestion) in
  let usable = window - Tcp_seq.diff t.snd_nxt t.snd_una in
  let n = Int.max 0 (Int.min queued usable) in
  let most = Int.max t.mss (limit - (limit mod t.mss)) in
  if n = 0 then 0
  else if n >= most then most
  else if n >= t.mss then
    if n = queued && may_send_small t ~now then n else n - (n mod t.mss)
  else if Tcp_seq.lt t.snd_nxt t.snd_max then n
  else if n = queued then
    if may_send_small t ~now then n
    else begin
      if t.at.nagle = never then t.at.nagle <- Monotonic.after now t.config.nagle_hold;
      0
    end
  else if 2 * n >= t.max_snd_wnd then n
  else 0

(* Data waits for a window that is closed, or too small, and nothing is in
   flight whose ACK could open it. *)
let watch_window t ~now ~waiting =
  if waiting && t.at.retransmit = never && t.at.nagle = never then begin
    if t.at.persist = never then t.at.persist <- Monotonic.after now (Tcp_rtt.timeout t.rtt)
  end
  else if not waiting then t.at.persist <- never

let restart_after_idle t ~now =
  if t.snd_una = t.snd_max && Monotonic.after t.at.sent (Tcp_rtt.timeout t.rtt) < now then
    Tcp_congestion.on_idle t.congestion

let data t ~now ~limit =
  let queued = unsent t in
  if queued > 0 then restart_after_idle t ~now;
  let n = if queued > 0 then sendable t ~now ~limit else 0 in
  let fin = t.closing && queued = 0 in
  watch_window t ~now ~waiting:(queued > 0 && n = 0);
  if n > 0 || fin then begin
    t.at.nagle <- never;
    let s, next = text t ~now ~seq:t.snd_nxt ~length:n in
    t.snd_nxt <- next;
    Some s
  end
  else None

let next t ~now ~limit =
  match t.state with
  | Closed -> if t.reset_due then Some (reset t ~now) else None
  | Syn_sent | Syn_received ->
    if t.snd_nxt = t.iss then Some (syn t ~now)
    else if t.ack_due then Some (bare_ack t ~now ~seq:(bare_seq t))
    else None
  | Established | Fin_wait_1 | Fin_wait_2 | Close_wait | Closing | Last_ack
  | Time_wait -> (
    let text =
      if not (sends_data t) then None
      else if t.retransmit_due && flight t > 0 then Some (retransmission t ~now)
      else if t.probe_due && unsent t > 0 then Some (probe t ~now)
      else data t ~now ~limit
    in
    match text with
    | Some _ -> text
    | None ->
      if t.keepalive_due then Some (keepalive t ~now)
      else if t.ack_due || t.ack_soon then Some (bare_ack t ~now ~seq:(bare_seq t))
      else None)
