(* SPDX-License-Identifier: ISC *)

type algorithm = Bbr | Cubic | New_reno

(* Of CUBIC; windows in segments, times in seconds. *)
type cubic = {
  mutable w_max : float;
  mutable epoch : float;  (** when growth began; negative before *)
  mutable k : float;
  mutable origin : float;
  mutable w_est : float;
  mutable prior : float;
}

(* Of HyStart++; in microseconds. *)
type slow_start = {
  mutable round_end : int;
  mutable last_min : int;
  mutable current_min : int;
  mutable samples : int;
  mutable baseline : int;
  mutable conservative : int;  (** rounds to go; negative in slow start proper *)
}

type t = {
  algorithm : algorithm;
  model : Tcp_bbr.t option;
  initial_window : int;
  cubic : cubic;
  slow_start : slow_start;
  mutable mss : int;
  mutable cwnd : int;
  mutable ssthresh : int;
  mutable counted : int;  (** octets acknowledged towards the next increase *)
  mutable undo_cwnd : int;
  mutable undo_ssthresh : int;
}

let unknown = max_int

let create algorithm ~initial_window ~mss =
  {
    algorithm;
    model = (match algorithm with Bbr -> Some (Tcp_bbr.create ()) | Cubic | New_reno -> None);
    initial_window;
    cubic =
      { w_max = 0.; epoch = -1.; k = 0.; origin = 0.; w_est = 0.; prior = 0. };
    slow_start =
      {
        round_end = 0;
        last_min = unknown;
        current_min = unknown;
        samples = 0;
        baseline = unknown;
        conservative = -1;
      };
    mss;
    cwnd = initial_window * mss;
    ssthresh = max_int;
    counted = 0;
    undo_cwnd = 0;
    undo_ssthresh = max_int;
  }

let start t ~mss =
  t.mss <- mss;
  t.cwnd <- t.initial_window * mss

let set_mss t mss =
  t.mss <- mss;
  t.cwnd <- Int.max t.cwnd mss

let mss t = t.mss
let window t = t.cwnd
let model t = t.model
let threshold t = t.ssthresh
let handshake_loss t = t.cwnd <- t.mss

(* {1 Slow start: RFC 9406, section 4} *)

let min_rtt_thresh = 4_000
let max_rtt_thresh = 16_000
let rtt_samples = 8
let css_growth_divisor = 4
let css_rounds = 5
let max_increase = 8

let measure t ~rtt =
  let s = t.slow_start in
  s.samples <- s.samples + 1;
  if rtt < s.current_min then s.current_min <- rtt

let begin_round t ~ack ~next =
  let s = t.slow_start in
  if Tcp_seq.geq ack s.round_end || s.last_min = unknown then begin
    s.round_end <- next;
    s.last_min <- s.current_min;
    s.current_min <- unknown;
    s.samples <- 0;
    if s.conservative > 0 then s.conservative <- s.conservative - 1;
    if s.conservative = 0 then begin
      t.ssthresh <- t.cwnd;
      s.conservative <- -1
    end
  end

let judge_round s =
  if s.samples >= rtt_samples && s.current_min < unknown && s.last_min < unknown then
    if s.conservative < 0 then begin
      let thresh = Int.max min_rtt_thresh (Int.min (s.last_min / 8) max_rtt_thresh) in
      if s.current_min >= s.last_min + thresh then begin
        s.baseline <- s.current_min;
        s.conservative <- css_rounds
      end
    end
    else if s.current_min < s.baseline then s.conservative <- -1

let grow_slowly t ~ack ~next ~acked =
  let s = t.slow_start in
  judge_round s;
  let increase = Int.min acked (max_increase * t.mss) in
  t.cwnd <-
    (t.cwnd + if s.conservative < 0 then increase else increase / css_growth_divisor);
  begin_round t ~ack ~next

(* {1 Congestion avoidance} *)

let reno t ~acked =
  t.counted <- t.counted + acked;
  if t.counted >= t.cwnd then begin
    t.counted <- t.counted - t.cwnd;
    t.cwnd <- t.cwnd + t.mss
  end

let max_window = 0x10000000

(* RFC 9438, section 4. *)
let c = 0.4
let beta = 0.7
let alpha = 3. *. (1. -. beta) /. (1. +. beta)

let cubic t ~now ~acked ~rtt =
  let q = t.cubic in
  let mss = float_of_int t.mss in
  let cwnd = float_of_int t.cwnd /. mss and acked = float_of_int acked /. mss in
  if q.epoch < 0. then begin
    q.epoch <- now;
    q.w_est <- cwnd;
    if cwnd < q.w_max then begin
      q.k <- Float.cbrt ((q.w_max -. cwnd) /. c);
      q.origin <- q.w_max
    end
    else begin
      q.k <- 0.;
      q.origin <- cwnd
    end
  end;
  let time = ((now -. q.epoch) +. float_of_int rtt) *. 1e-6 in
  let d = time -. q.k in
  let target = q.origin +. (c *. d *. d *. d) in
  let target = Float.max cwnd (Float.min target (1.5 *. cwnd)) in
  let friendly = if q.w_est >= q.prior then 1. else alpha in
  q.w_est <- q.w_est +. (friendly *. acked /. cwnd);
  let next = cwnd +. ((target -. cwnd) /. cwnd *. acked) in
  let next = Int.min max_window (int_of_float (Float.max next q.w_est *. mss)) in
  t.cwnd <- Int.max t.cwnd next

let on_ack t ~now ~ack ~next ~acked ~flight ~rtt =
  (* What the window did not limit says nothing about the path. *)
  if flight + t.mss >= t.cwnd / 2 then
    if t.cwnd < t.ssthresh then grow_slowly t ~ack ~next ~acked
    else
      match t.algorithm with
      | New_reno -> reno t ~acked
      | Cubic -> cubic t ~now ~acked ~rtt
      | Bbr -> ()

(* {1 Loss} *)

let reduce t ~flight =
  t.undo_cwnd <- t.cwnd;
  t.undo_ssthresh <- t.ssthresh;
  t.counted <- 0;
  t.slow_start.conservative <- -1;
  let least = 2 * t.mss in
  match t.algorithm with
  | Bbr -> ()
  | New_reno -> t.ssthresh <- Int.max (flight / 2) least
  | Cubic ->
    let q = t.cubic in
    let cwnd = float_of_int t.cwnd /. float_of_int t.mss in
    q.prior <- cwnd;
    (* Whoever had to give way sooner than the last time gives way more. *)
    q.w_max <- (if cwnd < q.w_max then cwnd *. (1. +. beta) /. 2. else cwnd);
    q.epoch <- -1.;
    t.ssthresh <- Int.max (int_of_float (float_of_int flight *. beta)) least

let set_window t octets = t.cwnd <- Int.max t.mss octets
let recovered t =
  t.cwnd <-
    (match t.model with
     | Some bbr -> Tcp_bbr.recovered bbr ~window:t.cwnd
     | None -> Int.max t.mss t.ssthresh)

let undo t =
  t.cwnd <- Int.max t.cwnd t.undo_cwnd;
  t.ssthresh <- Int.max t.ssthresh t.undo_ssthresh;
  t.cubic.epoch <- -1.

let on_idle t =
  if Option.is_none t.model then begin
    t.cwnd <- Int.min t.cwnd (t.initial_window * t.mss);
    t.cubic.epoch <- -1.
  end

let pacing_rate t =
  match t.model with None -> 0. | Some bbr -> Tcp_bbr.pacing_rate bbr
