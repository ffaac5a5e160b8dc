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
    t.due.ack <- true
  end

let start_time_wait t ~now =
  t.state <- Time_wait;
  t.at.retransmit <- never;
  t.at.persist <- never;
  t.at.wait <- Monotonic.after now t.config.time_wait

let scaled_window t (s : Tcp_wire.t) =
  if Tcp_wire.has_syn s.flags then s.window else s.window lsl t.snd.scale

let set_window t (s : Tcp_wire.t) =
  t.snd.wnd <- scaled_window t s;
  t.snd.max_wnd <- Int.max t.snd.max_wnd t.snd.wnd;
  t.snd.wl1 <- s.seq;
  t.snd.wl2 <- s.ack;
  if t.snd.wnd > 0 && t.at.persist <> never then begin
    t.at.persist <- never;
    Tcp_rtt.end_back_off t.rtt
  end

let update_window t (s : Tcp_wire.t) =
  if
    Tcp_seq.lt t.snd.wl1 s.seq
    || (t.snd.wl1 = s.seq && Tcp_seq.leq t.snd.wl2 s.ack)
  then set_window t s

(* The SYN's round trip, if it was sent once (Karn's algorithm). *)
let measure_handshake t ~now =
  if t.at.timed <> never then begin
    Tcp_rtt.sample t.rtt (Monotonic.elapsed ~since:t.at.timed now);
    t.at.timed <- never
  end

(* Where all is sent more than once, the timestamp tells which transmission is
   acknowledged. *)
let measure_by_timestamp t ~now (s : Tcp_wire.t) =
  match s.options.timestamps with
  | Some (_, echo) when t.ts.on && echo <> 0 && Tcp_rtt.back_offs t.rtt > 0 ->
    let elapsed = Tcp_seq.diff (timestamp t ~now) echo in
    if elapsed >= 0 then
      Tcp_rtt.sample t.rtt (1000 * Int.min elapsed 1_000_000)
  | Some _ | None -> ()

let has_echo t (s : Tcp_wire.t) =
  match s.options.timestamps with
  | Some (_, echo) -> t.ts.on && echo <> 0
  | None -> false

let prove_path t =
  match t.snd.full_end with
  | Some full_end when not t.snd.path_proven ->
    t.snd.path_proven <- Tcp_seq.geq t.snd.una full_end
  | Some _ | None -> ()

let is_duplicate_ack t (s : Tcp_wire.t) =
  s.ack = t.snd.una && s.length = 0
  && (not (Tcp_wire.has_fin s.flags))
  && t.snd.una <> t.snd.max
  && scaled_window t s = t.snd.wnd
  && t.snd.wnd > 0

let recover t ~now ~una ~duplicate (s : Tcp_wire.t) =
  let echo =
    match s.options.timestamps with
    | Some (_, echo) when t.ts.on && echo <> 0 -> Some echo
    | Some _ | None -> None
  in
  Tcp_recovery.on_ack t.recovery t.rtt
    {
      now;
      una;
      ack = s.ack;
      next = t.snd.nxt;
      blocks = s.options.sack;
      echo;
      duplicate;
    };
  if Tcp_recovery.is_active t.recovery then t.at.tail <- never

(* [s.ack] acknowledges something new. *)
let acknowledge t ~now (s : Tcp_wire.t) =
  let una = t.snd.una in
  let data = Tcp_seq.diff s.ack t.snd.data_una in
  t.snd.una <- s.ack;
  t.snd.nxt <- Tcp_seq.max t.snd.nxt s.ack;
  t.at.stalled <- never;
  prove_path t;
  Memory_budget.progress t.account;
  if data > 0 then
    drop_sent t (Int.min data (Tcp_send_queue.length t.snd.queue));
  let was_recovering = Tcp_recovery.is_active t.recovery in
  recover t ~now ~una ~duplicate:false s;
  if Tcp_recovery.is_active t.recovery && not was_recovering then
    t.due.retransmit <- true;
  t.at.retransmit <-
    (if t.snd.una = t.snd.max then never
     else Monotonic.after now (Tcp_rtt.timeout t.rtt));
  watch_tail t ~now

(* What an ACK says that acknowledges nothing new. *)
let take_old_ack t ~now (s : Tcp_wire.t) =
  let duplicate = is_duplicate_ack t s in
  if (duplicate || s.options.sack <> []) && s.ack = t.snd.una then begin
    let was_recovering = Tcp_recovery.is_active t.recovery in
    recover t ~now ~una:t.snd.una ~duplicate s;
    if Tcp_recovery.is_active t.recovery && not was_recovering then
      t.due.retransmit <- true
  end

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

(* The next ACK tells of octets that came twice (RFC 2883). *)
let note_twice t first last =
  if Tcp_seq.lt first last then t.rcv.twice <- Some (first, last)

(* Of what came out of order, the part that there is already. *)
let note_known t seq last =
  let known (first', last') = Tcp_seq.leq first' seq && Tcp_seq.geq last' last in
  if List.exists known (Tcp_reassembly.ranges t.rcv.reassembly) then
    note_twice t seq last

(* Of what the windows have promised, there is more than there is memory. What finds
   no room is as good as lost on the way: its sender keeps it. *)
let has_room t ~length =
  Memory_budget.room t.account >= length
  || Tcp_receive_queue.length t.rcv.pieces = 0
     && (t.rcv.wanted || not (Memory_budget.is_exhausted ()))

(* Data that starts at [seq]. *)
let take_data t ~now seq (s : Tcp_wire.t) ~length parts =
  if seq <> t.rcv.expected then begin
    note_known t seq (Tcp_seq.add seq length);
    if Memory_budget.room t.account >= length then
      Tcp_reassembly.insert t.rcv.reassembly ~at:seq parts;
    t.due.ack <- true
  end
  else if not (has_room t ~length) then t.due.ack <- true
  else begin
    let before = t.rcv.expected in
    let advance n = t.rcv.expected <- Tcp_seq.add t.rcv.expected n in
    let add data =
      Tcp_receive_queue.add t.rcv.pieces ~wanted:t.rcv.wanted data;
      advance (Cstruct.length data)
    in
    List.iter add parts;
    if t.snd.closing && not t.rcv.wanted then watch_reader t ~now;
    let filled_gap = not (Tcp_reassembly.is_empty t.rcv.reassembly) in
    let rec drain () =
      match Tcp_reassembly.take t.rcv.reassembly ~at:t.rcv.expected with
      | Some (Kept data) ->
        add data;
        drain ()
      | Some (Copied data) ->
        Tcp_receive_queue.add_string t.rcv.pieces data;
        advance (String.length data);
        drain ()
      | None -> ()
    in
    if filled_gap then drain ();
    t.rcv.unacknowledged <- t.rcv.unacknowledged + Tcp_seq.diff t.rcv.expected before;
    (* Every second full segment is acknowledged, or several of a batch that was
       received together; at once what the peer needs to know for its recovery
       (RFC 9293, section 3.8.6.3; RFC 5681, section 4.2). *)
    if filled_gap then t.due.ack <- true
    else if t.rcv.unacknowledged >= 2 * Int.min t.config.mss s.length then
      t.due.ack_soon <- true
    else if t.at.delayed_ack = never then
      t.at.delayed_ack <- Monotonic.after now t.config.delayed_ack
  end

let reach_fin t ~now =
  t.rcv.eof <- true;
  t.rcv.expected <- Tcp_seq.add t.rcv.expected 1;
  t.due.ack <- true;
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
    let old = Int.max 0 (Tcp_seq.diff t.rcv.expected seq) in
    let beyond =
      Int.max 0 (Tcp_seq.diff (Tcp_seq.add seq s.length) t.rcv.edge)
    in
    let len = s.length - old - beyond in
    if len > 0 then begin
      let parts = snd (Parts.cut old s.payload) in
      let parts = if beyond = 0 then parts else fst (Parts.cut len parts) in
      take_data t ~now (Tcp_seq.add seq old) s ~length:len parts
    end
    else if s.length > 0 then begin
      if beyond = 0 then note_twice t seq (Tcp_seq.add seq s.length);
      t.due.ack <- true
    end;
    if fin && beyond = 0 && Option.is_none t.rcv.fin then
      t.rcv.fin <- Some (Tcp_seq.add seq s.length);
    match t.rcv.fin with
    | Some last when last = t.rcv.expected -> reach_fin t ~now
    | Some _ | None -> if fin then t.due.ack <- true
  end
  else if (s.length > 0 || fin) && t.state <> Closed then begin
    (* A retransmission of what was received: the ACK got lost. *)
    t.due.ack <- true;
    if t.state = Time_wait then t.at.wait <- Monotonic.after now t.config.time_wait
  end

let establish t ~now (s : Tcp_wire.t) =
  t.state <- Established;
  set_window t s;
  if t.at.stalled = never then measure_handshake t ~now
  else begin
    let losses = Tcp_rtt.back_offs t.rtt in
    (* The first loss is forgiven, as it happens on paths that are not congested. *)
    if losses > 1 then Tcp_congestion.handshake_loss t.congestion;
    if has_echo t s then measure_by_timestamp t ~now s
    else Tcp_rtt.handshake_loss t.rtt
  end;
  acknowledge t ~now s

(* Whether [s] acknowledges the SYN, which must have been sent. *)
let acknowledges_syn t (s : Tcp_wire.t) =
  Tcp_wire.has_ack s.flags && s.ack = t.snd.max && t.snd.max <> t.snd.iss

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
    t.due.ack <- true;
    if ack_fits then begin
      establish t ~now s;
      take_text t ~now s
    end
    else begin
      (* Simultaneous open: the SYN is repeated, with an ACK. *)
      t.state <- Syn_received;
      t.snd.wnd <- s.window;
      t.snd.wl1 <- s.seq;
      t.snd.nxt <- t.snd.iss;
      t.due.ack <- false
    end;
    Taken
  end

(* Whether any of [s] lies between what is acknowledged and the window's edge,
   both included: at the edge stand the ACKs of a peer that has used the window
   up, just before it the data of a probe. *)
let is_acceptable t (s : Tcp_wire.t) =
  Tcp_seq.geq (Tcp_seq.add s.seq (Tcp_wire.sequence_length s)) t.rcv.expected
  && Tcp_seq.leq s.seq (Tcp_seq.max t.rcv.edge t.rcv.expected)

(* Protection against wrapped sequence numbers (RFC 7323, section 5). *)
let timestamp_fits t ~now (s : Tcp_wire.t) =
  match s.options.timestamps with
  | _ when (not t.ts.on) || Tcp_wire.has_rst s.flags -> true
  | None -> false
  | Some (value, _) ->
    Tcp_seq.geq value t.ts.recent || now -. t.at.ts_recent > timestamp_lifetime

let note_timestamp t ~now (s : Tcp_wire.t) =
  match s.options.timestamps with
  | Some (value, _) when t.ts.on && Tcp_seq.leq s.seq t.rcv.ack_sent ->
    t.ts.recent <- value;
    t.at.ts_recent <- now
  | Some _ | None -> ()

(* RFC 5961, section 3. *)
let take_reset t ~now (s : Tcp_wire.t) =
  if s.seq <> t.rcv.expected then challenge t ~now
  else
    match t.state with
    | Time_wait -> () (* RFC 1337 *)
    | Syn_received -> fail t (if t.passive then Reset else Refused)
    | Syn_sent | Established | Fin_wait_1 | Fin_wait_2 | Close_wait | Closing
    | Last_ack | Closed ->
      fail t Reset

let take_ack t ~now (s : Tcp_wire.t) =
  if Tcp_seq.gt s.ack t.snd.una then begin
    (* Duplicates are judged by the window before. *)
    update_window t s;
    measure_by_timestamp t ~now s;
    Tcp_rtt.end_back_off t.rtt;
    acknowledge t ~now s;
    if fin_acknowledged t then after_fin_acknowledged t ~now
  end
  else begin
    take_old_ack t ~now s;
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
  if t.state = Syn_received && is_syn && (not is_rst) && s.seq = t.rcv.irs then begin
    (* The SYN again: the answer got lost, or is this one in a simultaneous
       open. *)
    if acknowledges_syn t s then begin
      establish t ~now s;
      t.due.ack <- true
    end
    else t.snd.nxt <- t.snd.iss;
    Taken
  end
  else if not (timestamp_fits t ~now s && is_acceptable t s) then begin
    if not is_rst then begin
      let last = Tcp_seq.add s.seq s.length in
      if s.length > 0 && Tcp_seq.leq last t.rcv.expected then
        note_twice t s.seq last;
      challenge t ~now
    end;
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
    Tcp_seq.gt s.ack t.snd.max
    || Tcp_seq.diff t.snd.una s.ack > t.snd.max_wnd
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

let unreachable t ~seq (reason : Ip_error.reason) =
  let in_flight = Tcp_seq.leq t.snd.una seq && Tcp_seq.lt seq t.snd.max in
  if in_flight then
    match reason with
    | Too_big octets ->
      let mss = Int.max min_path_mss (octets - Tcp_wire.header_length) in
      if mss < t.snd.peer_mss then begin
        set_path_mss t mss;
        Tcp_recovery.resend t.recovery
      end
    | Refused -> if t.state = Syn_sent then fail t Refused
    | No_way -> if t.state = Syn_sent then fail t Unreachable
