(* SPDX-License-Identifier: ISC *)

type phase =
  | Startup  (** the rate doubles with each round trip *)
  | Drain  (** of the queue that this has made *)
  | Probe_bandwidth of int  (** place in {!cycle} *)
  | Probe_rtt

(* Nothing but floats: they lie in the record itself. *)
type model = {
  mutable bandwidth : float;  (** octets a microsecond *)
  mutable full_bandwidth : float;
  mutable min_rtt : float;  (** microseconds *)
  mutable min_rtt_at : float;
  mutable cycle_at : float;
  mutable probe_until : float;
  mutable gain : float;  (** of pacing *)
}

type sample = {
  now : float;
  rate : float;
  rtt : int;
  round : bool;
  limited : bool;
  acked : int;
  in_flight : int;
  lost : bool;
  young : bool;
}

type t = {
  mutable phase : phase;
  model : model;
  rates : float array;  (** the best of each of the last rounds *)
  mutable place : int;
  mutable plateau : int;  (** rounds without growth *)
  mutable full : bool;  (** the path is *)
  mutable prior_window : int;
  mutable conserving : bool;  (** the first round of a recovery *)
}

let rounds = 10

(* The smallest with which the rate doubles in a round trip: 2 / ln 2. *)
let high_gain = 2.885
let window_gain = 2.
let cycle = [| 1.25; 0.75; 1.; 1.; 1.; 1.; 1.; 1. |]
let growth = 1.25
let plateau_rounds = 3
let min_rtt_lifetime = 10e6
let probe_rtt_time = 200e3
let min_segments = 4

(* What goes at a time, a millisecond's worth: as much is under way besides at the
   sender's interface, and at the receiver's. *)
let max_quantum = 65536.
let quantum m = Float.min max_quantum (m.bandwidth *. 1_000.)

let create () =
  {
    phase = Startup;
    model =
      {
        bandwidth = 0.;
        full_bandwidth = 0.;
        min_rtt = infinity;
        min_rtt_at = neg_infinity;
        cycle_at = 0.;
        probe_until = infinity;
        gain = high_gain;
      };
    rates = Array.make rounds 0.;
    place = 0;
    plateau = 0;
    full = false;
    prior_window = 0;
    conserving = false;
  }

let knows m = m.bandwidth > 0. && m.min_rtt < infinity
let pacing_rate t = if knows t.model then t.model.gain *. t.model.bandwidth else 0.
let product m gain = gain *. m.bandwidth *. m.min_rtt

let learn_bandwidth t s =
  let m = t.model in
  if s.round then begin
    t.place <- (if t.place + 1 = rounds then 0 else t.place + 1);
    let gone = t.rates.(t.place) in
    t.rates.(t.place) <- 0.;
    if gone >= m.bandwidth then begin
      m.bandwidth <- 0.;
      for i = 0 to rounds - 1 do
        if t.rates.(i) > m.bandwidth then m.bandwidth <- t.rates.(i)
      done
    end
  end;
  if s.rate > t.rates.(t.place) && (s.rate >= m.bandwidth || not s.limited) then begin
    t.rates.(t.place) <- s.rate;
    if s.rate > m.bandwidth then m.bandwidth <- s.rate
  end

let judge_fullness t s =
  let m = t.model in
  if (not t.full) && s.round && not s.limited then
    if m.bandwidth >= growth *. m.full_bandwidth then begin
      m.full_bandwidth <- m.bandwidth;
      t.plateau <- 0
    end
    else begin
      t.plateau <- t.plateau + 1;
      t.full <- t.plateau >= plateau_rounds
    end

let enter t ~now phase =
  let m = t.model in
  t.phase <- phase;
  m.cycle_at <- now;
  m.gain <-
    (match phase with
     | Startup -> high_gain
     | Drain -> 1. /. high_gain
     | Probe_bandwidth i -> cycle.(i)
     | Probe_rtt -> 1.)

let cruise = Probe_bandwidth 2

let advance t s =
  let m = t.model in
  let in_flight = float_of_int s.in_flight in
  match t.phase with
  | Startup -> if t.full then enter t ~now:s.now Drain
  | Drain -> if in_flight <= product m 1. then enter t ~now:s.now cruise
  | Probe_bandwidth i ->
    let is_over = s.now -. m.cycle_at > m.min_rtt in
    let is_done =
      if cycle.(i) > 1. then is_over && (s.lost || in_flight >= product m cycle.(i))
      else if cycle.(i) < 1. then is_over || in_flight <= product m 1.
      else is_over
    in
    if is_done then
      enter t ~now:s.now (Probe_bandwidth ((i + 1) mod Array.length cycle))
  | Probe_rtt -> ()

(* A shorter round trip is found only while there is no queue. *)
let learn_rtt t ~window ~mss s =
  let m = t.model in
  let is_old = s.now -. m.min_rtt_at > min_rtt_lifetime in
  let known = m.min_rtt < infinity in
  if s.rtt >= 0 && (float_of_int s.rtt <= m.min_rtt || is_old) then begin
    m.min_rtt <- Float.max 1. (float_of_int s.rtt);
    m.min_rtt_at <- s.now
  end;
  match t.phase with
  | Probe_rtt ->
    if m.probe_until = infinity then begin
      if s.in_flight <= min_segments * mss then
        m.probe_until <- s.now +. probe_rtt_time
    end
    else if s.now >= m.probe_until then begin
      m.min_rtt_at <- s.now;
      enter t ~now:s.now (if t.full then cruise else Startup)
    end
  | Startup | Drain | Probe_bandwidth _ ->
    if is_old && known && not s.limited then begin
      t.prior_window <- Int.max t.prior_window window;
      m.probe_until <- infinity;
      enter t ~now:s.now Probe_rtt
    end

let max_window = 0x10000000

let next_window t ~mss ~window s =
  let m = t.model in
  let least = min_segments * mss in
  let grown = Int.min max_window (window + s.acked) in
  let gain = match t.phase with Startup | Drain -> high_gain | _ -> window_gain in
  let target =
    if knows m then
      Int.min max_window (int_of_float (product m gain)) + (3 * Int.max mss (int_of_float (quantum m)))
    else grown
  in
  let window =
    if t.conserving then Int.max window (s.in_flight + s.acked)
    else if t.full then Int.min grown target
    else if window < target || s.young then grown
    else window
  in
  match t.phase with
  | Probe_rtt -> Int.min window least
  | Startup | Drain | Probe_bandwidth _ -> Int.max window least

let on_ack t ~mss ~window s =
  learn_bandwidth t s;
  judge_fullness t s;
  advance t s;
  let was_probing = t.phase = Probe_rtt in
  learn_rtt t ~window ~mss s;
  if s.round then t.conserving <- false;
  let window =
    if was_probing && t.phase <> Probe_rtt then Int.max window t.prior_window
    else window
  in
  next_window t ~mss ~window s

let on_loss t ~window ~in_flight ~mss =
  t.prior_window <- Int.max window (if t.phase = Probe_rtt then t.prior_window else 0);
  t.conserving <- true;
  in_flight + mss

let on_timeout ~window t =
  t.prior_window <- Int.max t.prior_window window;
  t.conserving <- false

let recovered t ~window =
  t.conserving <- false;
  Int.max window t.prior_window
