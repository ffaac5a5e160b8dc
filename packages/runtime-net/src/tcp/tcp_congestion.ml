(* SPDX-License-Identifier: ISC *)

type phase =
  | Open
  | Recovery of { recover : int }  (** until [recover] is acknowledged *)

type t = {
  initial_window : int;
  mutable mss : int;
  mutable cwnd : int;
  mutable ssthresh : int;
  mutable duplicates : int;
  mutable phase : phase;
  mutable recovered : int option;
      (** losses before this one have been reacted to already *)
  mutable counted : int;  (** octets acknowledged towards the next increase *)
  mutable after_timeout : bool;  (** slow start after a timeout *)
}

type reaction = Nothing | Retransmit

let threshold = 3

let create ~initial_window ~mss =
  {
    initial_window;
    mss;
    cwnd = initial_window * mss;
    ssthresh = max_int;
    duplicates = 0;
    phase = Open;
    recovered = None;
    counted = 0;
    after_timeout = false;
  }

let start t ~mss =
  t.mss <- mss;
  t.cwnd <- t.initial_window * mss

let set_mss t mss = t.mss <- mss

let window t =
  match t.phase with
  | Open -> t.cwnd + (Int.min t.duplicates (threshold - 1) * t.mss)
  | Recovery _ -> t.cwnd

let handshake_loss t = t.cwnd <- t.mss

let grow t ~acked ~flight =
  (* What the window did not limit says nothing about the path. *)
  if flight + t.mss >= t.cwnd / 2 then
    if t.cwnd < t.ssthresh then
      let limit = if t.after_timeout then t.mss else 2 * t.mss in
      t.cwnd <- t.cwnd + Int.min acked limit
    else begin
      t.counted <- t.counted + acked;
      if t.counted >= t.cwnd then begin
        t.counted <- t.counted - t.cwnd;
        t.cwnd <- t.cwnd + t.mss
      end
    end

let forget_recovered t ~ack =
  match t.recovered with
  | Some recovered when Tcp_seq.gt ack recovered -> t.recovered <- None
  | Some _ | None -> ()

let on_ack t ~ack ~acked ~flight =
  t.duplicates <- 0;
  forget_recovered t ~ack;
  match t.phase with
  | Open ->
    if t.cwnd >= t.ssthresh then t.after_timeout <- false;
    grow t ~acked ~flight;
    Nothing
  | Recovery { recover } when Tcp_seq.geq ack recover ->
    t.phase <- Open;
    t.cwnd <- Int.min t.ssthresh (Int.max (flight - acked) t.mss + t.mss);
    Nothing
  | Recovery _ ->
    t.cwnd <- Int.max t.mss (t.cwnd - acked + if acked >= t.mss then t.mss else 0);
    Retransmit

let halve t ~flight = t.ssthresh <- Int.max (flight / 2) (2 * t.mss)

let on_duplicate_ack t ~una ~next ~flight =
  match t.phase with
  | Recovery _ ->
    t.cwnd <- t.cwnd + t.mss;
    Nothing
  | Open ->
    t.duplicates <- t.duplicates + 1;
    let is_new =
      match t.recovered with
      | None -> true
      | Some recovered -> Tcp_seq.gt una recovered
    in
    if t.duplicates = threshold && is_new then begin
      halve t ~flight;
      t.recovered <- Some next;
      t.phase <- Recovery { recover = next };
      t.cwnd <- t.ssthresh + (threshold * t.mss);
      t.duplicates <- 0;
      Retransmit
    end
    else Nothing

let on_timeout t ~next ~flight ~first =
  if first then halve t ~flight;
  t.cwnd <- t.mss;
  t.duplicates <- 0;
  t.phase <- Open;
  t.recovered <- Some next;
  t.counted <- 0;
  t.after_timeout <- true

let on_idle t = t.cwnd <- Int.min t.cwnd (t.initial_window * t.mss)
