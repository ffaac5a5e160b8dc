(* SPDX-License-Identifier: ISC *)

open Tcp_conn

(* A connection with nothing in flight is asked now and then whether its peer is
   still there (RFC 9293, section 3.8.4). *)
let keepalive_at t =
  match t.state with
  | (Established | Close_wait | Fin_wait_2)
    when t.retransmit_at = never && t.persist_at = never ->
    t.heard_at + t.config.keepalive_idle
    + (t.keepalives * t.config.keepalive_interval)
  | Established | Close_wait | Fin_wait_2 | Syn_sent | Syn_received | Fin_wait_1
  | Closing | Last_ack | Time_wait | Closed ->
    never

let deadline t =
  Int.min (keepalive_at t)
    (Int.min
       (Int.min t.retransmit_at t.persist_at)
       (Int.min t.delayed_ack_at (Int.min t.nagle_at t.wait_at)))

let handshake_timeout t ~now =
  let patience =
    if t.passive then t.config.accept_timeout else t.config.connect_timeout
  in
  if now - t.opened_at >= patience then fail t Timed_out
  else begin
    if t.stalled_at = never then t.stalled_at <- now;
    Tcp_rtt.back_off t.rtt;
    t.retransmit_at <- never;
    t.snd_nxt <- t.iss
  end

(* After so many losses in a row a path that has never carried a full segment may
   be one that drops them without a word (RFC 2923, section 2.1). *)
let black_hole_losses = 3
let black_hole_mss = 536

(* A peer that closes its window may do so for as long as it answers. *)
let is_given_up t ~now =
  now - t.stalled_at >= t.config.user_timeout
  && Tcp_rtt.back_offs t.rtt >= t.config.min_retransmissions
  && (t.snd_wnd > 0 || now - t.heard_at >= t.config.user_timeout)

let retransmission_timeout t ~now =
  let first = t.stalled_at = never in
  if first then t.stalled_at <- now;
  if is_given_up t ~now then fail t Timed_out
  else begin
    Tcp_congestion.on_timeout t.congestion ~next:t.snd_max ~flight:(flight t)
      ~first;
    Tcp_rtt.back_off t.rtt;
    if Tcp_rtt.back_offs t.rtt = black_hole_losses && not t.path_proven then
      set_path_mss t black_hole_mss;
    t.timed_at <- never;
    t.retransmit_at <- never;
    t.snd_nxt <- t.snd_una;
    t.retransmit_due <- true
  end

let persist_timeout t ~now =
  t.persist_at <- never;
  if now - t.heard_at >= t.config.user_timeout then fail t Timed_out
  else begin
    Tcp_rtt.back_off t.rtt;
    t.probe_due <- true
  end

let waiting_over t ~now =
  t.wait_at <- never;
  match t.state with
  | Time_wait -> finish t
  | Fin_wait_2 ->
    if t.wanted then t.wait_at <- now + t.config.fin_wait else fail t Timed_out
  | Syn_sent | Syn_received | Established | Fin_wait_1 | Close_wait | Closing
  | Last_ack | Closed ->
    ()

let keepalive_timeout t =
  if t.keepalives >= t.config.keepalive_probes then fail t Timed_out
  else begin
    t.keepalives <- t.keepalives + 1;
    t.keepalive_due <- true
  end

let expire t ~now =
  if t.delayed_ack_at <= now then begin
    t.delayed_ack_at <- never;
    t.ack_due <- true
  end;
  if t.nagle_at <= now then begin
    t.nagle_at <- never;
    t.at_once_until <- fin_seq t
  end;
  if t.retransmit_at <= now then begin
    match t.state with
    | Syn_sent | Syn_received -> handshake_timeout t ~now
    | Established | Fin_wait_1 | Fin_wait_2 | Close_wait | Closing | Last_ack
    | Time_wait | Closed ->
      retransmission_timeout t ~now
  end;
  if t.persist_at <= now then persist_timeout t ~now;
  if t.wait_at <= now then waiting_over t ~now;
  if keepalive_at t <= now then keepalive_timeout t
