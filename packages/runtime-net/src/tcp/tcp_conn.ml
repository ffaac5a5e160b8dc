(* SPDX-License-Identifier: ISC *)

type state =
  | Syn_sent
  | Syn_received
  | Established
  | Fin_wait_1
  | Fin_wait_2
  | Close_wait
  | Closing
  | Last_ack
  | Time_wait
  | Closed

type failure = Refused | Reset | Timed_out | Unreachable | Aborted

let never = infinity

(* Nothing but floats: they lie in the record itself. *)
type times = {
  mutable retransmit : float;
  mutable persist : float;
  mutable delayed_ack : float;
  mutable nagle : float;
  mutable wait : float;
  mutable opened : float;
  mutable heard : float;
  mutable timed : float;
  mutable stalled : float;
  mutable sent : float;
  mutable challenged : float;
  mutable ts_recent : float;
}

type t = {
  config : Tcp_parameters.t;
  local_port : int;
  remote_port : int;
  passive : bool;
  mutable state : state;
  at : times;
  mutable failure : failure option;
  iss : int;
  mutable snd_una : int;
  mutable snd_nxt : int;
  mutable snd_max : int;
  mutable snd_wnd : int;
  mutable max_snd_wnd : int;
  mutable snd_wl1 : int;
  mutable snd_wl2 : int;
  mutable snd_shift : int;
  mutable peer_mss : int;
  mutable mss : int;
  mutable full_end : int option;
  mutable path_proven : bool;
  send_queue : Tcp_send_queue.t;
  mutable data_una : int;
  mutable closing : bool;
  mutable at_once_until : int;
  small_ends : int array;
  mutable small_count : int;
  rtt : Tcp_rtt.t;
  mutable timed_seq : int;
  congestion : Tcp_congestion.t;
  mutable segments_in_tx : int;
  mutable irs : int;
  mutable rcv_nxt : int;
  mutable rcv_edge : int;
  mutable rcv_shift : int;
  mutable window_scaling : bool;
  mutable capacity : int;
  mutable read_octets : int;
  receive_queue : Tcp_receive_queue.t;
  reassembly : Tcp_reassembly.t;
  mutable rcv_fin : int option;
  mutable eof : bool;
  mutable wanted : bool;
  mutable unacknowledged : int;
  mutable ack_sent : int;
  mutable challenges : int;
  mutable timestamps : bool;
  ts_offset : int;
  mutable ts_recent : int;
  mutable ack_due : bool;
  mutable ack_soon : bool;
  mutable retransmit_due : bool;
  mutable probe_due : bool;
  mutable keepalive_due : bool;
  mutable reset_due : bool;
  mutable keepalives : int;
}

(* RFC 9293, section 3.7.1: without the option. *)
let default_peer_mss = 536

(* Less payload than this in a segment helps only an attacker. *)
let min_peer_mss = 88

(* The smallest shift that lets the window field hold [octets]. *)
let rec shift_for ?(shift = 0) octets =
  if octets <= 0xffff lsl shift then shift else shift_for ~shift:(shift + 1) octets

let create (config : Tcp_parameters.t) ~now ~passive ~state ~local_port ~remote_port
    ~iss ~ts_offset =
  {
    config;
    local_port;
    remote_port;
    passive;
    state;
    at =
      {
        retransmit = never;
        persist = never;
        delayed_ack = never;
        nagle = never;
        wait = never;
        opened = now;
        heard = now;
        timed = never;
        stalled = never;
        sent = now;
        challenged = now;
        ts_recent = now;
      };
    failure = None;
    iss;
    snd_una = iss;
    snd_nxt = iss;
    snd_max = iss;
    snd_wnd = 0;
    max_snd_wnd = 0;
    snd_wl1 = 0;
    snd_wl2 = 0;
    snd_shift = 0;
    peer_mss = default_peer_mss;
    mss = default_peer_mss;
    full_end = None;
    path_proven = false;
    send_queue = Tcp_send_queue.create ();
    data_una = Tcp_seq.add iss 1;
    closing = false;
    at_once_until = iss;
    small_ends = Array.make (Int.max 1 config.nagle_credit) iss;
    small_count = 0;
    rtt = Tcp_rtt.create config;
    timed_seq = 0;
    congestion =
      Tcp_congestion.create ~initial_window:config.initial_window
        ~mss:default_peer_mss;
    segments_in_tx = 0;
    irs = 0;
    rcv_nxt = 0;
    rcv_edge = 0;
    rcv_shift = shift_for config.max_receive_buffer;
    window_scaling = true;
    capacity = config.min_receive_buffer;
    read_octets = 0;
    receive_queue = Tcp_receive_queue.create ();
    reassembly =
      Tcp_reassembly.create ~max_pieces:(Int.max 64 (config.max_receive_buffer / 1024));
    rcv_fin = None;
    eof = false;
    wanted = false;
    unacknowledged = 0;
    ack_sent = 0;
    challenges = 0;
    timestamps = config.timestamps;
    ts_offset;
    ts_recent = 0;
    ack_due = false;
    ack_soon = false;
    retransmit_due = false;
    probe_due = false;
    keepalive_due = false;
    reset_due = false;
    keepalives = 0;
  }

let payload_per_segment t =
  t.peer_mss - if t.timestamps then Tcp_options.timestamps_length else 0

let set_path_mss t mss =
  t.peer_mss <- Int.max min_peer_mss (Int.min t.peer_mss mss);
  t.mss <- payload_per_segment t;
  Tcp_congestion.set_mss t.congestion t.mss

let negotiate t (options : Tcp_options.t) ~now =
  let offered = match options.mss with Some n -> n | None -> default_peer_mss in
  t.peer_mss <- Int.max min_peer_mss (Int.min t.config.mss offered);
  (match options.window_scale with
   | Some shift -> t.snd_shift <- shift
   | None ->
     t.window_scaling <- false;
     t.rcv_shift <- 0);
  (match options.timestamps with
   | Some (value, _) when t.timestamps ->
     t.ts_recent <- value;
     t.at.ts_recent <- now
   | Some _ | None -> t.timestamps <- false);
  t.mss <- payload_per_segment t;
  Tcp_congestion.start t.congestion ~mss:t.mss

let connect config ~now ~local_port ~remote_port ~iss ~ts_offset =
  create config ~now ~passive:false ~state:Syn_sent ~local_port ~remote_port ~iss
    ~ts_offset

let set_irs t seq =
  t.irs <- seq;
  t.rcv_nxt <- Tcp_seq.add seq 1;
  t.rcv_edge <- Tcp_seq.add t.rcv_nxt (Int.min 0xffff t.capacity);
  t.ack_sent <- t.rcv_nxt

let accept config ~now ~iss ~ts_offset (syn : Tcp_wire.t) =
  let t =
    create config ~now ~passive:true ~state:Syn_received
      ~local_port:syn.dst_port ~remote_port:syn.src_port ~iss ~ts_offset
  in
  set_irs t syn.seq;
  negotiate t syn.options ~now;
  t.snd_wnd <- syn.window;
  t.max_snd_wnd <- syn.window;
  t.snd_wl1 <- syn.seq;
  t.snd_wl2 <- iss;
  t

let fin_seq t = Tcp_seq.add t.data_una (Tcp_send_queue.length t.send_queue)

let fin_acknowledged t =
  t.closing && t.snd_una = Tcp_seq.add (fin_seq t) 1

let flight t = Tcp_seq.diff t.snd_max t.snd_una

let timestamp t ~now = Tcp_seq.add t.ts_offset (Tcp_seq.of_float (now /. 1000.))

let drop_sent t n =
  Tcp_send_queue.drop t.send_queue ~reuse:(t.segments_in_tx = 0) n;
  t.data_una <- Tcp_seq.add t.data_una n

let stop_timers t =
  t.at.retransmit <- never;
  t.at.persist <- never;
  t.at.delayed_ack <- never;
  t.at.nagle <- never;
  t.at.wait <- never

let finish t =
  t.state <- Closed;
  stop_timers t;
  drop_sent t (Tcp_send_queue.length t.send_queue);
  t.ack_due <- false;
  t.ack_soon <- false;
  t.retransmit_due <- false;
  t.probe_due <- false;
  t.keepalive_due <- false

let fail t failure =
  if t.state <> Closed then begin
    t.failure <- Some failure;
    finish t
  end

let abort t failure =
  match t.state with
  | Closed | Syn_sent -> fail t failure
  | Time_wait -> finish t
  | Syn_received | Established | Fin_wait_1 | Fin_wait_2 | Close_wait | Closing
  | Last_ack ->
    fail t failure;
    t.reset_due <- true

let can_defer_output t =
  t.ack_soon
  && (not (t.ack_due || t.closing))
  && Tcp_send_queue.length t.send_queue = 0

let can_receive t =
  match t.state with
  | Syn_sent | Syn_received | Established | Fin_wait_1 | Fin_wait_2 -> not t.eof
  | Close_wait | Closing | Last_ack | Time_wait | Closed -> false

let can_write t =
  (not t.closing)
  &&
  match t.state with
  | Syn_sent | Syn_received | Established | Close_wait -> true
  | Fin_wait_1 | Fin_wait_2 | Closing | Last_ack | Time_wait | Closed -> false

(* Twice the congestion window keeps the connection busy until the application
   has written more. *)
let send_limit t =
  if Tcp_send_queue.memory_in_use () > t.config.max_send_memory then
    Tcp_parameters.starved_send_buffer
  else
    Int.min t.config.max_send_buffer
      (Int.max t.config.min_send_buffer (2 * Tcp_congestion.window t.congestion))

let room t ~limit = Int.max 0 (limit - Tcp_send_queue.length t.send_queue)
let write_room t = room t ~limit:(send_limit t)

let has_much_room t =
  let limit = send_limit t in
  4 * room t ~limit >= limit

let write t ~at_once data =
  Tcp_send_queue.append t.send_queue data;
  if at_once then t.at_once_until <- fin_seq t

(* An application that has read a whole window's worth and leaves nothing in the
   queue can use a larger one. *)
let adapt_capacity t =
  if t.read_octets >= t.capacity then begin
    t.read_octets <- 0;
    if Tcp_receive_queue.length t.receive_queue = 0 then
      t.capacity <- Int.min t.config.max_receive_buffer (2 * t.capacity)
  end

(* The window is offered again in large steps only (RFC 9293, section
   3.8.6.2.2). *)
let announce_window t =
  let free = t.capacity - Tcp_receive_queue.length t.receive_queue in
  let offered = Tcp_seq.diff t.rcv_edge t.rcv_nxt in
  let step = Int.max (t.capacity / 4) (2 * t.config.mss) in
  if can_receive t && free - offered >= step then t.ack_due <- true

let read t ~now =
  match Tcp_receive_queue.take t.receive_queue with
  | None -> None
  | Some data ->
    t.read_octets <- t.read_octets + Cstruct.length data;
    adapt_capacity t;
    if t.state <> Closed then announce_window t;
    if t.at.wait <> never && t.state = Fin_wait_2 then
      t.at.wait <- Monotonic.after now t.config.fin_wait;
    Some data

let close t =
  if can_write t then
    if t.state = Syn_sent then fail t Aborted else t.closing <- true
