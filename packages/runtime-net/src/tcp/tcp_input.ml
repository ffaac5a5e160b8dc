(* SPDX-License-Identifier: ISC *)

open Tcp_conn

type verdict = Taken | Answer_by_reset

let second = 1e6
let max_challenges_per_second = 10

(* After so long timestamps may have wrapped (RFC 7323, section 5.5). *)
let timestamp_lifetime = 24. *. 86400. *. second

(* An ACK in answer to a segment that does not fit. Limited, so that two sides
   that disagree do not answer each other for ever (RFC 5961, section 7). *)
let challenge t ~now =
  if now -. t.at.challenged >= second then begin
    t.at.challenged <- now;
    t.challenges <- 0
  end;
  if t.challenges < max_challenges_per_second then begin
    t.challenges <- t.challenges + 1;
    t.ack_due <- true
  end

let start_time_wait t ~now =
  t.state <- Time_wait;
  t.at.retransmit <- never;
  t.at.persist <- never;
  t.at.wait <- Monotonic.after now t.config.time_wait

let scaled_window t (s : Tcp_wire.t) =
  if Tcp_wire.has_syn s.flags then s.window else s.window lsl t.snd_shift

let set_window t (s : Tcp_wire.t) =
  t.snd_wnd <- scaled_window t s;
  t.max_snd_wnd <- Int.max t.max_snd_wnd t.snd_wnd;
  t.snd_wl1 <- s.seq;
  t.snd_wl2 <- s.ack;
  if t.snd_wnd > 0 && t.at.persist <> never then begin
    t.at.persist <- never;
    Tcp_rtt.end_back_off t.rtt
  end

let update_window t (s : Tcp_wire.t) =
  if
    Tcp_seq.lt t.snd_wl1 s.seq
    || (t.snd_wl1 = s.seq && Tcp_seq.leq t.snd_wl2 s.ack)
  then set_window t s

let measure_rtt t ~now (s : Tcp_wire.t) =
  if t.at.timed <> never then begin
    if Tcp_seq.geq s.ack t.timed_seq then begin
      Tcp_rtt.sample t.rtt (Monotonic.elapsed ~since:t.at.timed now);
      t.at.timed <- never
    end
  end
  else if Tcp_rtt.back_offs t.rtt > 0 then
    (* The timestamp tells which transmission is acknowledged. *)
    match s.options.timestamps with
    | Some (_, echo) when t.timestamps && echo <> 0 ->
      let elapsed = Tcp_seq.diff (timestamp t ~now) echo in
      if elapsed >= 0 then Tcp_rtt.sample t.rtt (elapsed * 1000)
    | Some _ | None -> ()

let prove_path t =
  match t.full_end with
  | Some full_end when not t.path_proven ->
    t.path_proven <- Tcp_seq.geq t.snd_una full_end
  | Some _ | None -> ()

(* [s.ack] acknowledges something new. *)
let acknowledge t ~now (s : Tcp_wire.t) =
  let flight = flight t in
  let acked = Tcp_seq.diff s.ack t.snd_una in
  let data = Tcp_seq.diff s.ack t.data_una in
  t.snd_una <- s.ack;
  t.snd_nxt <- Tcp_seq.max t.snd_nxt s.ack;
  t.at.stalled <- never;
  t.retransmit_due <- false;
  prove_path t;
  if data > 0 then
    drop_sent t (Int.min data (Tcp_send_queue.length t.send_queue));
  (match Tcp_congestion.on_ack t.congestion ~ack:s.ack ~acked ~flight with
   | Nothing -> ()
   | Retransmit -> t.retransmit_due <- true);
  t.at.retransmit <-
    (if t.snd_una = t.snd_max then never else Monotonic.after now (Tcp_rtt.timeout t.rtt))

let is_duplicate_ack t (s : Tcp_wire.t) =
  s.ack = t.snd_una && s.length = 0
  && (not (Tcp_wire.has_fin s.flags))
  && t.snd_una <> t.snd_max
  && scaled_window t s = t.snd_wnd
  && t.snd_wnd > 0

let duplicate_ack t =
  match
    Tcp_congestion.on_duplicate_ack t.congestion ~una:t.snd_una ~next:t.snd_max
      ~flight:(flight t)
  with
  | Nothing -> ()
  | Retransmit ->
    t.retransmit_due <- true;
    t.at.timed <- never

let after_fin_acknowledged t ~now =
  match t.state with
  | Fin_wait_1 ->
    t.state <- Fin_wait_2;
    t.at.wait <- Monotonic.after now t.config.fin_wait
  | Closing -> start_time_wait t ~now
  | Last_ack -> finish t
  | Syn_sent | Syn_received | Established | Fin_wait_2 | Close_wait | Time_wait
  | Closed ->
    ()

(* Data that starts at [seq]. *)
let take_data t ~now seq (s : Tcp_wire.t) parts =
  if seq <> t.rcv_nxt then begin
    Tcp_reassembly.insert t.reassembly ~at:seq parts;
    t.ack_due <- true
  end
  else begin
    let before = t.rcv_nxt in
    let add data =
      Tcp_receive_queue.add t.receive_queue data;
      t.rcv_nxt <- Tcp_seq.add t.rcv_nxt (Cstruct.length data)
    in
    List.iter add parts;
    let filled_gap = not (Tcp_reassembly.is_empty t.reassembly) in
    let rec drain () =
      match Tcp_reassembly.take t.reassembly ~at:t.rcv_nxt with
      | Some data ->
        add data;
        drain ()
      | None -> ()
    in
    if filled_gap then drain ();
    t.unacknowledged <- t.unacknowledged + Tcp_seq.diff t.rcv_nxt before;
    (* Every second full segment is acknowledged, or several of a batch that was
       received together; at once what the peer needs to know for its recovery
       (RFC 9293, section 3.8.6.3; RFC 5681, section 4.2). *)
    if filled_gap then t.ack_due <- true
    else if t.unacknowledged >= 2 * Int.min t.config.mss s.length then
      t.ack_soon <- true
    else if t.at.delayed_ack = never then
      t.at.delayed_ack <- Monotonic.after now t.config.delayed_ack
  end

let reach_fin t ~now =
  t.eof <- true;
  t.rcv_nxt <- Tcp_seq.add t.rcv_nxt 1;
  t.ack_due <- true;
  match t.state with
  | Syn_received | Established -> t.state <- Close_wait
  | Fin_wait_1 -> t.state <- Closing
  | Fin_wait_2 -> start_time_wait t ~now
  | Syn_sent | Close_wait | Closing | Last_ack | Time_wait | Closed -> ()

(* [seq], the payload and FIN of [s], cut to what lies inside the window. *)
let take_text t ~now (s : Tcp_wire.t) =
  let fin = Tcp_wire.has_fin s.flags in
  if (s.length > 0 || fin) && can_receive t then begin
    let seq =
      if Tcp_wire.has_syn s.flags then Tcp_seq.add s.seq 1 else s.seq
    in
    let old = Int.max 0 (Tcp_seq.diff t.rcv_nxt seq) in
    let beyond =
      Int.max 0 (Tcp_seq.diff (Tcp_seq.add seq s.length) t.rcv_edge)
    in
    let len = s.length - old - beyond in
    if len > 0 then begin
      let parts = snd (Parts.cut old s.payload) in
      let parts = if beyond = 0 then parts else fst (Parts.cut len parts) in
      take_data t ~now (Tcp_seq.add seq old) s parts
    end
    else if s.length > 0 then t.ack_due <- true;
    if fin && beyond = 0 && Option.is_none t.rcv_fin then
      t.rcv_fin <- Some (Tcp_seq.add seq s.length);
    match t.rcv_fin with
    | Some last when last = t.rcv_nxt -> reach_fin t ~now
    | Some _ | None -> if fin then t.ack_due <- true
  end
  else if (s.length > 0 || fin) && t.state <> Closed then begin
    (* A retransmission of what was received: the ACK got lost. *)
    t.ack_due <- true;
    if t.state = Time_wait then t.at.wait <- Monotonic.after now t.config.time_wait
  end

let establish t ~now (s : Tcp_wire.t) =
  t.state <- Established;
  set_window t s;
  (* A timestamp may stem from a SYN of long ago whose answers were lost. *)
  if t.at.stalled = never then measure_rtt t ~now s
  else begin
    Tcp_congestion.handshake_loss t.congestion;
    Tcp_rtt.handshake_loss t.rtt
  end;
  acknowledge t ~now s

(* Whether [s] acknowledges the SYN, which must have been sent. *)
let acknowledges_syn t (s : Tcp_wire.t) =
  Tcp_wire.has_ack s.flags && s.ack = t.snd_max && t.snd_max <> t.iss

(* RFC 9293, section 3.10.7.3. *)
let in_syn_sent t ~now (s : Tcp_wire.t) =
  let has_ack = Tcp_wire.has_ack s.flags in
  let ack_fits = acknowledges_syn t s in
  if has_ack && not ack_fits then
    if Tcp_wire.has_rst s.flags then Taken else Answer_by_reset
  else if Tcp_wire.has_rst s.flags then begin
    if ack_fits then fail t Refused;
    Taken
  end
  else if not (Tcp_wire.has_syn s.flags) then Taken
  else begin
    set_irs t s.seq;
    negotiate t s.options ~now;
    t.at.heard <- now;
    t.ack_due <- true;
    if ack_fits then begin
      establish t ~now s;
      take_text t ~now s
    end
    else begin
      (* Simultaneous open: the SYN is repeated, with an ACK. *)
      t.state <- Syn_received;
      t.snd_wnd <- s.window;
      t.snd_wl1 <- s.seq;
      t.snd_nxt <- t.iss;
      t.ack_due <- false
    end;
    Taken
  end

(* Whether any of [s] lies between what is acknowledged and the window's edge,
   both included: at the edge stand the ACKs of a peer that has used the window
   up, just before it the data of a probe. *)
let is_acceptable t (s : Tcp_wire.t) =
  Tcp_seq.geq (Tcp_seq.add s.seq (Tcp_wire.sequence_length s)) t.rcv_nxt
  && Tcp_seq.leq s.seq (Tcp_seq.max t.rcv_edge t.rcv_nxt)

(* Protection against wrapped sequence numbers (RFC 7323, section 5). *)
let timestamp_fits t ~now (s : Tcp_wire.t) =
  match s.options.timestamps with
  | _ when (not t.timestamps) || Tcp_wire.has_rst s.flags -> true
  | None -> false
  | Some (value, _) ->
    Tcp_seq.geq value t.ts_recent || now -. t.at.ts_recent > timestamp_lifetime

let note_timestamp t ~now (s : Tcp_wire.t) =
  match s.options.timestamps with
  | Some (value, _) when t.timestamps && Tcp_seq.leq s.seq t.ack_sent ->
    t.ts_recent <- value;
    t.at.ts_recent <- now
  | Some _ | None -> ()

(* RFC 5961, section 3. *)
let take_reset t ~now (s : Tcp_wire.t) =
  if s.seq <> t.rcv_nxt then challenge t ~now
  else
    match t.state with
    | Time_wait -> () (* RFC 1337 *)
    | Syn_received -> fail t (if t.passive then Reset else Refused)
    | Syn_sent | Established | Fin_wait_1 | Fin_wait_2 | Close_wait | Closing
    | Last_ack | Closed ->
      fail t Reset

let take_ack t ~now (s : Tcp_wire.t) =
  if Tcp_seq.gt s.ack t.snd_una then begin
    (* Duplicates are judged by the window before. *)
    update_window t s;
    measure_rtt t ~now s;
    Tcp_rtt.end_back_off t.rtt;
    acknowledge t ~now s;
    if fin_acknowledged t then after_fin_acknowledged t ~now
  end
  else begin
    if is_duplicate_ack t s then duplicate_ack t;
    update_window t s
  end

(* The rest of section 3.10.7.4, for a segment that is acceptable and has an
   acceptable ACK. *)
let take_rest t ~now s =
  take_ack t ~now s;
  take_text t ~now s

let synchronised t ~now (s : Tcp_wire.t) =
  let is_syn = Tcp_wire.has_syn s.flags in
  let is_rst = Tcp_wire.has_rst s.flags in
  if t.state = Syn_received && is_syn && (not is_rst) && s.seq = t.irs then begin
    (* The SYN again: the answer got lost, or is this one in a simultaneous
       open. *)
    if acknowledges_syn t s then begin
      establish t ~now s;
      t.ack_due <- true
    end
    else t.snd_nxt <- t.iss;
    Taken
  end
  else if not (timestamp_fits t ~now s && is_acceptable t s) then begin
    if not is_rst then challenge t ~now;
    if t.state = Time_wait && Tcp_wire.has_fin s.flags then
      t.at.wait <- Monotonic.after now t.config.time_wait;
    Taken
  end
  else if is_rst then begin
    take_reset t ~now s;
    Taken
  end
  else if is_syn then begin
    (* RFC 5961, section 4. *)
    challenge t ~now;
    Taken
  end
  else if not (Tcp_wire.has_ack s.flags) then Taken
  else if t.state = Syn_received then
    if acknowledges_syn t s then begin
      t.at.heard <- now;
      t.keepalives <- 0;
      note_timestamp t ~now s;
      establish t ~now s;
      take_text t ~now s;
      Taken
    end
    else Answer_by_reset
  else if
    (* RFC 5961, section 5. *)
    Tcp_seq.gt s.ack t.snd_max
    || Tcp_seq.diff t.snd_una s.ack > t.max_snd_wnd
  then begin
    challenge t ~now;
    Taken
  end
  else begin
    t.at.heard <- now;
    t.keepalives <- 0;
    note_timestamp t ~now s;
    take_rest t ~now s;
    Taken
  end

let segment t ~now s =
  match t.state with
  | Closed -> Answer_by_reset
  | Syn_sent -> in_syn_sent t ~now s
  | Syn_received | Established | Fin_wait_1 | Fin_wait_2 | Close_wait | Closing
  | Last_ack | Time_wait ->
    synchronised t ~now s

(* Every IPv4 host takes 576 octets (RFC 791); a smaller MTU is an attack more
   often than a path. *)
let min_path_mss = 536

let unreachable t ~seq (reason : Icmpv4_wire.unreachable) =
  let in_flight = Tcp_seq.leq t.snd_una seq && Tcp_seq.lt seq t.snd_max in
  if in_flight then
    match reason with
    | Fragmentation_needed mtu ->
      let mss = Int.max min_path_mss (mtu - Ipv4_wire.length - Tcp_wire.header_length) in
      if mss < t.peer_mss then begin
        set_path_mss t mss;
        t.snd_nxt <- t.snd_una;
        t.at.timed <- never
      end
    | Protocol | Port -> if t.state = Syn_sent then fail t Refused
    | Net | Host | Other _ -> if t.state = Syn_sent then fail t Unreachable
