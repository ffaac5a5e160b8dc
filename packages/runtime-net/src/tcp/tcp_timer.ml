(* SPDX-License-Identifier: ISC *)

open Tcp_conn

(* A connection with nothing in flight is asked now and then whether its peer is
   still there (RFC 9293, section 3.8.4). *)
let keepalive_at t =
  match t.state with
  | (Established | Close_wait | Fin_wait_2)
    when t.at.retransmit = never && t.at.persist = never ->
    Monotonic.after
      (Monotonic.after t.at.heard t.config.keepalive_idle)
      (t.keepalives * t.config.keepalive_interval)
  | Established | Close_wait | Fin_wait_2 | Syn_sent | Syn_received | Fin_wait_1
  | Closing | Last_ack | Time_wait | Closed ->
    never

let[@inline] earlier (a : float) (b : float) = if a < b then a else b

let deadline t =
  earlier (keepalive_at t)
    (earlier
       (earlier
          (earlier t.at.retransmit t.at.persist)
          (earlier t.at.abandon
             (earlier
                (earlier t.at.tail t.at.paced)
                (Tcp_recovery.reorder_at t.recovery))))
       (earlier t.at.delayed_ack (earlier t.at.nagle t.at.wait)))

(* Whether so many microseconds have passed. *)
let has_lasted ~since now us = now >= Monotonic.after since us

let handshake_timeout t ~now =
  let patience =
    if t.passive then t.config.accept_timeout else t.config.connect_timeout
  in
  if has_lasted ~since:t.at.opened now patience then fail t Timed_out
  else begin
    if t.at.stalled = never then t.at.stalled <- now;
    Tcp_rtt.back_off t.rtt;
    t.at.retransmit <- never;
    t.snd.nxt <- t.snd.iss
  end

(* After so many losses in a row a path that has never carried a full segment may
   be one that drops them without a word (RFC 2923, section 2.1). *)
let black_hole_losses = 3
let black_hole_mss = 536

(* A peer that closes its window may do so for as long as it answers. *)
let is_given_up t ~now =
  has_lasted ~since:t.at.stalled now t.config.user_timeout
  && Tcp_rtt.back_offs t.rtt >= t.config.min_retransmissions
  && (t.snd.wnd > 0 || has_lasted ~since:t.at.heard now t.config.user_timeout)

let retransmission_timeout t ~now =
  Count.(one tcp_timeouts);
  let first = t.at.stalled = never in
  if first then t.at.stalled <- now;
  if is_given_up t ~now then fail t Timed_out
  else begin
    Tcp_recovery.on_timeout t.recovery ~now ~una:t.snd.una ~next:t.snd.nxt ~first;
    Tcp_rtt.back_off t.rtt;
    if Tcp_rtt.back_offs t.rtt = black_hole_losses && not t.snd.path_proven then
      set_path_mss t black_hole_mss;
    t.at.retransmit <- never;
    t.at.tail <- never;
    t.due.retransmit <- true
  end

let persist_timeout t ~now =
  t.at.persist <- never;
  if has_lasted ~since:t.at.heard now t.config.user_timeout then fail t Timed_out
  else begin
    Tcp_rtt.back_off t.rtt;
    t.due.probe <- true
  end

let waiting_over t ~now =
  t.at.wait <- never;
  match t.state with
  | Time_wait -> finish t
  | Fin_wait_2 ->
    if t.rcv.wanted then t.at.wait <- Monotonic.after now t.config.fin_wait else fail t Timed_out
  | Syn_sent | Syn_received | Established | Fin_wait_1 | Close_wait | Closing
  | Last_ack | Closed ->
    ()

let keepalive_timeout t =
  if t.keepalives >= t.config.keepalive_probes then fail t Timed_out
  else begin
    t.keepalives <- t.keepalives + 1;
    t.due.keepalive <- true
  end

(* The probe is the last chance before the timeout, which then counts from it. *)
let tail_timeout t =
  t.at.tail <- never;
  t.due.tail_probe <- true

let reorder_timeout t ~now =
  let was_recovering = Tcp_recovery.is_active t.recovery in
  Tcp_recovery.on_reorder_timer t.recovery ~now ~una:t.snd.una ~next:t.snd.nxt;
  if Tcp_recovery.is_active t.recovery && not was_recovering then begin
    t.at.tail <- never;
    t.due.retransmit <- true
  end

(* RFC 1122, section 4.2.2.13. *)
let abandon t =
  t.at.abandon <- never;
  if t.snd.closing && (not t.rcv.wanted) && Tcp_receive_queue.length t.rcv.pieces > 0
  then begin
    Tcp_receive_queue.clear t.rcv.pieces;
    abort t Aborted
  end

let expire t ~now =
  if t.at.delayed_ack <= now then begin
    t.at.delayed_ack <- never;
    t.due.ack <- true
  end;
  if t.at.nagle <= now then begin
    t.at.nagle <- never;
    t.snd.at_once_until <- fin_seq t
  end;
  if t.at.retransmit <= now then begin
    match t.state with
    | Syn_sent | Syn_received -> handshake_timeout t ~now
    | Established | Fin_wait_1 | Fin_wait_2 | Close_wait | Closing | Last_ack
    | Time_wait | Closed ->
      retransmission_timeout t ~now
  end;
  if t.at.paced <= now then t.at.paced <- never;
  if t.at.tail <= now then tail_timeout t;
  if Tcp_recovery.reorder_at t.recovery <= now then reorder_timeout t ~now;
  if t.at.abandon <= now then abandon t;
  if t.at.persist <= now then persist_timeout t ~now;
  if t.at.wait <= now then waiting_over t ~now;
  if keepalive_at t <= now then keepalive_timeout t
