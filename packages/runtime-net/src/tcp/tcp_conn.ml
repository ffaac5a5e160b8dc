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
  mutable tail : float;
  mutable next_send : float;
  mutable paced : float;
  mutable persist : float;
  mutable delayed_ack : float;
  mutable nagle : float;
  mutable wait : float;
  mutable abandon : float;
  mutable opened : float;
  mutable heard : float;
  mutable timed : float;
  mutable stalled : float;
  mutable sent : float;
  mutable challenged : float;
  mutable ts_recent : float;
}

type sending = {
  iss : int;
  mutable una : int;
  mutable nxt : int;
  mutable max : int;
  mutable wnd : int;
  mutable max_wnd : int;
  mutable wl1 : int;
  mutable wl2 : int;
  mutable scale : int;
  mutable peer_mss : int;
  mutable mss : int;
  mutable full_end : int option;
  mutable path_proven : bool;
  queue : Tcp_send_queue.t;
  mutable data_una : int;
  mutable closing : bool;
  mutable at_once_until : int;
  small_ends : int array;
  mutable small_count : int;
  mutable in_tx : int;
}

type receiving = {
  mutable irs : int;
  mutable expected : int;
  mutable edge : int;
  mutable shift : int;
  mutable capacity : int;
  mutable read_octets : int;
  pieces : Tcp_receive_queue.t;
  reassembly : Tcp_reassembly.t;
  mutable twice : (int * int) option;
  mutable fin : int option;
  mutable eof : bool;
  mutable wanted : bool;
  mutable unacknowledged : int;
  mutable ack_sent : int;
}

type stamps = {
  mutable on : bool;
  offset : int;
  mutable recent : int;
}

type due = {
  mutable ack : bool;
  mutable ack_soon : bool;
  mutable retransmit : bool;
  mutable probe : bool;
  mutable tail_probe : bool;
  mutable keepalive : bool;
  mutable reset : bool;
}


type t = {
  config : Tcp_parameters.t;
  local_port : int;
  remote_port : int;
  passive : bool;
  mutable state : state;
  mutable failure : failure option;
  account : Memory_budget.account;
  at : times;
  snd : sending;
  rcv : receiving;
  ts : stamps;
  due : due;
  rtt : Tcp_rtt.t;
  congestion : Tcp_congestion.t;
  recovery : Tcp_recovery.t;
  mutable window_scaling : bool;
  mutable challenges : int;
  mutable keepalives : int;
}

(* RFC 9293, section 3.7.1: without the option. *)
let default_peer_mss = 536

(* Less payload than this in a segment helps only an attacker. *)
let min_peer_mss = 88

(* The smallest shift that lets the window field hold [octets]. *)
let rec shift_for ?(shift = 0) octets =
  if octets <= 0xffff lsl shift then shift else shift_for ~shift:(shift + 1) octets

let times now =
  {
    retransmit = never;
    tail = never;
    next_send = neg_infinity;
    paced = never;
    persist = never;
    delayed_ack = never;
    nagle = never;
    wait = never;
    abandon = never;
    opened = now;
    heard = now;
    timed = never;
    stalled = never;
    sent = now;
    challenged = now;
    ts_recent = now;
  }

let sending (config : Tcp_parameters.t) account ~iss =
  {
    iss;
    una = iss;
    nxt = iss;
    max = iss;
    wnd = 0;
    max_wnd = 0;
    wl1 = 0;
    wl2 = 0;
    scale = 0;
    peer_mss = default_peer_mss;
    mss = default_peer_mss;
    full_end = None;
    path_proven = false;
    queue = Tcp_send_queue.create account;
    data_una = Tcp_seq.add iss 1;
    closing = false;
    at_once_until = iss;
    small_ends = Array.make (Int.max 1 config.nagle_credit) iss;
    small_count = 0;
    in_tx = 0;
  }

let receiving (config : Tcp_parameters.t) account =
  {
    irs = 0;
    expected = 0;
    edge = 0;
    shift = shift_for config.max_receive_buffer;
    capacity = config.min_receive_buffer;
    read_octets = 0;
    pieces = Tcp_receive_queue.create account;
    reassembly =
      Tcp_reassembly.create account
        ~max_pieces:(Int.max 64 (config.max_receive_buffer / 1024));
    twice = None;
    fin = None;
    eof = false;
    wanted = false;
    unacknowledged = 0;
    ack_sent = 0;
  }

(* Of OCaml's heap, for the record and what whoever owns it keeps beside it. *)
let cost = 4096

let create ?account (config : Tcp_parameters.t) ~now ~passive ~state ~local_port ~remote_port
    ~iss ~ts_offset =
  let account =
    match account with
    | Some account -> account
    | None -> Memory_budget.open_account ~layer:"tcp" ()
  in
  Memory_budget.hold account cost;
  let congestion =
    Tcp_congestion.create config.congestion_control
      ~initial_window:config.initial_window ~mss:default_peer_mss
  in
  {
    config;
    local_port;
    remote_port;
    passive;
    state;
    failure = None;
    account;
    at = times now;
    snd = sending config account ~iss;
    rcv = receiving config account;
    ts = { on = config.timestamps; offset = ts_offset; recent = 0 };
    due =
      {
        ack = false;
        ack_soon = false;
        retransmit = false;
        probe = false;
        tail_probe = false;
        keepalive = false;
        reset = false;
      };
    rtt = Tcp_rtt.create config;
    congestion;
    recovery = Tcp_recovery.create congestion;
    window_scaling = true;
    challenges = 0;
    keepalives = 0;
  }

let payload_per_segment t =
  t.snd.peer_mss - if t.ts.on then Tcp_options.timestamps_length else 0

let set_path_mss t mss =
  t.snd.peer_mss <- Int.max min_peer_mss (Int.min t.snd.peer_mss mss);
  t.snd.mss <- payload_per_segment t;
  Tcp_congestion.set_mss t.congestion t.snd.mss

let negotiate t (options : Tcp_options.t) ~now =
  let offered = match options.mss with Some n -> n | None -> default_peer_mss in
  t.snd.peer_mss <- Int.max min_peer_mss (Int.min t.config.mss offered);
  (match options.window_scale with
   | Some shift -> t.snd.scale <- shift
   | None ->
     t.window_scaling <- false;
     t.rcv.shift <- 0);
  (match options.timestamps with
   | Some (value, _) when t.ts.on ->
     t.ts.recent <- value;
     t.at.ts_recent <- now
   | Some _ | None -> t.ts.on <- false);
  Tcp_recovery.start t.recovery ~sack:(t.config.sack && options.sack_permitted);
  t.snd.mss <- payload_per_segment t;
  Tcp_congestion.start t.congestion ~mss:t.snd.mss

let connect ?account config ~now ~local_port ~remote_port ~iss ~ts_offset =
  create ?account config ~now ~passive:false ~state:Syn_sent ~local_port ~remote_port ~iss
    ~ts_offset

(* What may come besides what is unread. Other connections need memory as well, but
   a reader that has read everything must get something. *)
let window_room t =
  let unread = Tcp_receive_queue.length t.rcv.pieces in
  let share = Memory_budget.room t.account in
  let share = if unread = 0 then Int.max (2 * t.config.mss) share else share in
  Int.max 0 (Int.min (t.rcv.capacity - unread) share)

let set_irs t seq =
  t.rcv.irs <- seq;
  t.rcv.expected <- Tcp_seq.add seq 1;
  t.rcv.edge <- Tcp_seq.add t.rcv.expected (Int.min 0xffff (window_room t));
  t.rcv.ack_sent <- t.rcv.expected

let accept ?account config ~now ~iss ~ts_offset (syn : Tcp_wire.t) =
  let t =
    create ?account config ~now ~passive:true ~state:Syn_received
      ~local_port:syn.dst_port ~remote_port:syn.src_port ~iss ~ts_offset
  in
  set_irs t syn.seq;
  negotiate t syn.options ~now;
  t.snd.wnd <- syn.window;
  t.snd.max_wnd <- syn.window;
  t.snd.wl1 <- syn.seq;
  t.snd.wl2 <- iss;
  t

let was_answered t =
  t.snd.nxt <- Tcp_seq.add t.snd.iss 1;
  t.snd.max <- t.snd.nxt

let fin_seq t = Tcp_seq.add t.snd.data_una (Tcp_send_queue.length t.snd.queue)

let fin_acknowledged t =
  t.snd.closing && t.snd.una = Tcp_seq.add (fin_seq t) 1

let flight t = Tcp_seq.diff t.snd.max t.snd.una

let timestamp_at ~offset now = Tcp_seq.add offset (Tcp_seq.of_float (now /. 1000.))
let timestamp t ~now = timestamp_at ~offset:t.ts.offset now

let cookie_answer (config : Tcp_parameters.t) ~cookie ~stamp (syn : Tcp_wire.t) :
    Tcp_wire.t =
  (* Without a timestamp there is no place for the peer's other options. *)
  let remembers, timestamps =
    match syn.options.timestamps with
    | Some (value, _) when config.timestamps -> (true, Some (stamp, value))
    | Some _ | None -> (false, None)
  in
  {
    src_port = syn.dst_port;
    dst_port = syn.src_port;
    seq = cookie;
    ack = Tcp_seq.add syn.seq 1;
    flags = Tcp_wire.flags ~syn:true ~ack:true ();
    window = Int.min 0xffff config.min_receive_buffer;
    options =
      {
        mss = Some config.mss;
        window_scale =
          (match syn.options.window_scale with
           | Some _ when remembers -> Some (shift_for config.max_receive_buffer)
           | Some _ | None -> None);
        timestamps;
        sack_permitted = remembers && config.sack && syn.options.sack_permitted;
        sack = [];
      };
    payload = [];
    length = 0;
  }

let drop_sent t n =
  Tcp_send_queue.drop t.snd.queue ~reuse:(t.snd.in_tx = 0) n;
  t.snd.data_una <- Tcp_seq.add t.snd.data_una n

let stop_timers t =
  t.at.retransmit <- never;
  t.at.tail <- never;
  t.at.paced <- never;
  t.at.abandon <- never;
  t.at.persist <- never;
  t.at.delayed_ack <- never;
  t.at.nagle <- never;
  t.at.wait <- never

let finish t =
  t.state <- Closed;
  stop_timers t;
  drop_sent t (Tcp_send_queue.length t.snd.queue);
  Tcp_scoreboard.clear (Tcp_recovery.outstanding t.recovery);
  Tcp_reassembly.clear t.rcv.reassembly;
  t.due.ack <- false;
  t.due.ack_soon <- false;
  t.due.retransmit <- false;
  t.due.probe <- false;
  t.due.tail_probe <- false;
  t.due.keepalive <- false

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
    t.due.reset <- true

let can_defer_output t =
  t.due.ack_soon
  && (not (t.due.ack || t.snd.closing))
  && Tcp_send_queue.length t.snd.queue = 0

let can_receive t =
  match t.state with
  | Syn_sent | Syn_received | Established | Fin_wait_1 | Fin_wait_2 -> not t.rcv.eof
  | Close_wait | Closing | Last_ack | Time_wait | Closed -> false

let can_write t =
  (not t.snd.closing)
  &&
  match t.state with
  | Syn_sent | Syn_received | Established | Close_wait -> true
  | Fin_wait_1 | Fin_wait_2 | Closing | Last_ack | Time_wait | Closed -> false

(* Twice the congestion window keeps the connection busy until the application
   has written more. *)
let send_limit t =
  Int.min t.config.max_send_buffer
    (Int.max t.config.min_send_buffer (2 * Tcp_congestion.window t.congestion))

(* A little may always be written to a connection with nothing to send: nothing else
   would ever make it ask for room again. *)
let least_room = 2048

let write_room t =
  let length = Tcp_send_queue.length t.snd.queue in
  let room =
    Int.min (send_limit t - length) (Memory_budget.room t.account)
  in
  if length = 0 then Int.max least_room room else Int.max 0 room

(* What is not copied takes no memory. *)
let write_room_for t data =
  if Tcp_send_queue.is_shared data then
    Int.max 0 (send_limit t - Tcp_send_queue.length t.snd.queue)
  else write_room t

let has_much_room t =
  let room = write_room t in
  4 * room >= Int.min (send_limit t) (room + Tcp_send_queue.length t.snd.queue)

let write t ~at_once data =
  Tcp_send_queue.append t.snd.queue data;
  if at_once then t.snd.at_once_until <- fin_seq t

(* An application that has read a whole window's worth and leaves nothing in the
   queue can use a larger one. *)
let adapt_capacity t =
  if t.rcv.read_octets >= t.rcv.capacity then begin
    t.rcv.read_octets <- 0;
    if Tcp_receive_queue.length t.rcv.pieces = 0 then
      t.rcv.capacity <- Int.min t.config.max_receive_buffer (2 * t.rcv.capacity)
  end

(* The window is offered again in large steps only (RFC 9293, section
   3.8.6.2.2). *)
let announce_window t =
  let free = window_room t in
  let offered = Tcp_seq.diff t.rcv.edge t.rcv.expected in
  let step =
    Int.max
      (Int.min (t.rcv.capacity / 4) (free / 2))
      (Int.min t.rcv.capacity (2 * t.config.mss))
  in
  if can_receive t && free - offered >= step then t.due.ack <- true

let read t ~now =
  match Tcp_receive_queue.take t.rcv.pieces with
  | None -> None
  | Some data ->
    Memory_budget.progress t.account;
    t.at.abandon <- never;
    t.rcv.read_octets <- t.rcv.read_octets + Cstruct.length data;
    adapt_capacity t;
    if t.state <> Closed then announce_window t;
    if t.at.wait <> never && t.state = Fin_wait_2 then
      t.at.wait <- Monotonic.after now t.config.fin_wait;
    Some data

let want t =
  t.rcv.wanted <- true;
  t.at.abandon <- never

let watch_reader t ~now =
  if t.at.abandon = never then
    t.at.abandon <- Monotonic.after now t.config.abandon

let watch_tail t ~now =
  t.at.tail <-
    (match Tcp_recovery.probe_timeout t.recovery t.rtt with
     | Some us -> Monotonic.after now us
     | None -> never)

let close t =
  if can_write t then
    if t.state = Syn_sent then fail t Aborted else t.snd.closing <- true
