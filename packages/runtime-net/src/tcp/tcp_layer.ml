(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

exception Closed of string

(* By the name that applications know it by. *)
let () =
  Printexc.register_printer (function
    | Closed reason -> Some (Printf.sprintf "Tcpv4.Closed(%S)" reason)
    | _ -> None)

(* Factors below 2^30 keep each product of 32 bits within 62. *)
let mix h x =
  let h = Tcp_seq.add 0 ((h lxor x) * 0x2c1b3c6d) in
  let h = Tcp_seq.add 0 ((h lxor (h lsr 16)) * 0x297a2d39) in
  h lxor (h lsr 15)

(* How much a connection may hand to the segmentation at a time. *)
let max_burst = 0x10000

(* Of TCP's header, at the most. *)
let max_header = 60

let reason (failure : Tcp_conn.failure option) =
  match failure with
  | Some Refused -> "connection refused"
  | Some Reset -> "connection reset by peer"
  | Some Timed_out -> "connection timed out"
  | Some Unreachable -> "host unreachable"
  | Some Aborted -> "connection aborted"
  | None -> "connection closed"

module Make
    (I : Ip_layer.S)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (Random : V1.RANDOM) =
struct
  let () = Net_time.install Time.sleep

  type +'a io = 'a Lwt.t
  type buffer = Cstruct.t

  (* Addresses and ports. [hash] begins with a secret: peers cannot choose ports whose
     connections all meet in one bucket. *)
  module Endpoints = struct
    type t = { local : I.addr; remote : I.addr; ports : int; hash : int }

    let create ~local ~local_port ~remote ~remote_port ~secret =
      let ports = (remote_port lsl 16) lor local_port in
      let hash = I.fold mix (I.fold mix (mix secret ports) remote) local in
      { local; remote; ports; hash = hash land max_int }

    let equal a b =
      a.hash = b.hash && a.ports = b.ports && I.equal a.remote b.remote
      && I.equal a.local b.local

    let hash t = t.hash
  end

  module Connections = Hashtbl.Make (Endpoints)

  type error = [ `Unknown of string | `Timeout | `Refused ]

  (* The states whose connections are counted and bounded. *)
  type stage = Handshake | Open | Lingering | Gone

  type t = {
    ip : I.t;
    layer : string;  (** of {!Memory_budget} *)
    clock : Monotonic.t;
    mutable time : float;  (** what {!clock} said last *)
    offloads : Net_offload.features array;
        (** by {!family}, known once a frame was sent *)
    isn : Tcp_isn.t;
    secret : int;
    connections : flow Connections.t;
    timers : flow Timer_queue.t;
    dirty : flow Queue.t;  (** to be given a chance to send *)
    deferred : flow Queue.t;  (** likewise, at the end of the turn *)
    cookies : Tcp_cookie.t;
    mutable cookies_until : float;  (** one that was sent may still come back *)
    mutable resets : Rate_limit.t;
    time_wait : flow Queue.t;  (** oldest first; also some that are no longer *)
    mutable half_open_count : int;
    mutable time_wait_count : int;
    mutable busy : bool;  (** whoever is at work will look at [dirty] *)
    mutable flush_paused : bool;
    mutable alarm : Alarm.t option;
    mutable config : Tcp_parameters.t;
    mutable errors : Ip_error.subscription option;
  }

  and flow = {
    tcp : t;
    endpoints : Endpoints.t;
    conn : Tcp_conn.t;
    local : I.addr;
    remote : I.addr;
    on_accept : (flow -> unit Lwt.t) option;
    mutable stage : stage;
    mutable sending : bool;
    mutable queued : bool;  (** in [dirty] *)
    mutable put_off : bool;  (** in [deferred] *)
    mutable timer : flow Timer_queue.entry option;
    readers : Waiters.t;
    writers : Waiters.t;
    others : Waiters.t;  (** for the end of the handshake, or of a close *)
    write_lock : Lwt_mutex.t;
  }

  type callback = flow -> unit Lwt.t

  (* The clock is read once for each frame or call, not for each segment. *)
  let look_at_clock t = t.time <- Monotonic.now t.clock

  (* {2 Sending} *)

  (* Of IPv4 or IPv6, which have headers of different lengths. *)
  let family remote = if I.header_length remote = Ipv4_wire.length then 0 else 1

  (* The loopback is no interface that could do anything for us. *)
  let offload_to t remote =
    if I.owns t.ip remote then Net_offload.none else t.offloads.(family remote)

  let send_segment ?(mss = 0) t ~local ~remote (s : Tcp_wire.t) =
    I.allocate_frame t.ip ~proto:`TCP ~src:local ~dst:remote >>= fun (frame, header) ->
    t.offloads.(family remote) <- Net_offload.features_of frame;
    Count.(one tcp_out);
    if Tcp_wire.has_rst s.flags then Count.(one tcp_out_resets);
    let { Net_offload.checksum; _ } = offload_to t remote in
    let leaves_checksum = checksum && mss > 0 in
    let length = Tcp_wire.written_length s in
    Tcp_wire.write ~whole_checksum:(not leaves_checksum)
      (Cstruct.sub frame header length)
      ~addresses:(I.addresses ~src:local ~dst:remote)
      s;
    let frame = Cstruct.sub frame 0 (header + length) in
    if leaves_checksum then
      Net_offload.send frame ~segment_size:mss (fun () ->
          I.writev t.ip ~dst:remote frame s.payload)
    else I.writev t.ip ~dst:remote frame s.payload

  let rec send_all t ~local ~remote ~mss = function
    | [] -> Lwt.return_unit
    | [ s ] -> send_segment t ~local ~remote ~mss s
    | s :: rest ->
      send_segment t ~local ~remote ~mss s >>= fun () ->
      send_all t ~local ~remote ~mss rest

  let send_quietly t ~local ~remote s =
    Lwt.catch
      (fun () -> send_segment t ~local ~remote s)
      (fun _ -> Lwt.return_unit)

  let owns_address flow = I.owns flow.tcp.ip flow.local

  let rec transmit flow =
    let t = flow.tcp in
    if not (owns_address flow) then begin
      (* Without its address a connection cannot even be reset. *)
      Tcp_conn.fail flow.conn Unreachable;
      flow.conn.due.reset <- false;
      Lwt.return_unit
    end
    else
      let { Net_offload.largest; _ } = offload_to t flow.remote in
      let limit = if largest > 0 then largest - I.header_length flow.remote - max_header else max_burst in
      match Tcp_output.next flow.conn ~now:t.time ~limit with
      | None -> Lwt.return_unit
      | Some s ->
        let mss = flow.conn.snd.mss in
        let parts = if largest > 0 then [ s ] else Tcp_wire.split s ~size:mss in
        flow.conn.snd.in_tx <- flow.conn.snd.in_tx + 1;
        let sent = send_all t ~local:flow.local ~remote:flow.remote ~mss parts in
        let at_once = not (Lwt.is_sleeping sent) in
        sent >>= fun () ->
        if not at_once then look_at_clock t;
        flow.conn.snd.in_tx <- flow.conn.snd.in_tx - 1;
        transmit flow

  (* {2 Bookkeeping} *)

  let stage_of (conn : Tcp_conn.t) =
    match conn.state with
    | Syn_received when conn.passive -> Handshake
    | Closed when not conn.due.reset -> Gone
    | Time_wait -> Lingering
    | Syn_sent | Syn_received | Established | Fin_wait_1 | Fin_wait_2
    | Close_wait | Closing | Last_ack | Closed ->
      Open

  (* The queue stays within a constant factor of what it is about: what is over must
     not keep its memory. *)
  let compact queue ~live stage =
    if Queue.length queue > (2 * live) + 64 then begin
      let kept = Queue.create () in
      Queue.iter (fun f -> if f.stage = stage then Queue.add f kept) queue;
      Queue.clear queue;
      Queue.transfer kept queue
    end

  let count flow stage change =
    let t = flow.tcp in
    match stage with
    | Handshake -> t.half_open_count <- t.half_open_count + change
    | Lingering -> t.time_wait_count <- t.time_wait_count + change
    | Open | Gone -> ()

  let forget flow =
    let t = flow.tcp in
    (match Connections.find_opt t.connections flow.endpoints with
     | Some f when f == flow -> Connections.remove t.connections flow.endpoints
     | Some _ | None -> ());
    Memory_budget.close_account flow.conn.account;
    Option.iter (Timer_queue.remove t.timers) flow.timer

  let wake_readers flow =
    let conn = flow.conn in
    if
      (not (Waiters.is_empty flow.readers))
      && (Tcp_receive_queue.length conn.rcv.pieces > 0
          || conn.rcv.eof
          || conn.state = Closed)
    then begin
      conn.rcv.wanted <- false;
      Waiters.wake flow.readers
    end

  (* Writers are woken for a good piece of work, not for each segment. *)
  let wake_writers flow =
    let conn = flow.conn in
    if
      (not (Waiters.is_empty flow.writers))
      && ((not (Tcp_conn.can_write conn)) || Tcp_conn.has_much_room conn)
    then Waiters.wake flow.writers

  let rec enter flow stage =
    let t = flow.tcp in
    count flow flow.stage (-1);
    count flow stage 1;
    flow.stage <- stage;
    match stage with
    | Open | Handshake -> ()
    | Gone -> forget flow
    | Lingering ->
      Queue.add flow t.time_wait;
      compact t.time_wait ~live:t.time_wait_count Lingering;
      if t.time_wait_count > t.config.max_time_wait then drop_oldest t.time_wait Lingering

  and drop_oldest queue stage =
    match Queue.take_opt queue with
    | None -> ()
    | Some oldest when oldest.stage = stage ->
      Tcp_conn.finish oldest.conn;
      enter oldest Gone
    | Some _ -> drop_oldest queue stage

  let schedule flow =
    let t = flow.tcp in
    let at = Tcp_timer.deadline flow.conn in
    if at <> Tcp_conn.never then begin
      let entry =
        match flow.timer with
        | Some entry -> entry
        | None ->
          let entry = Timer_queue.entry flow in
          flow.timer <- Some entry;
          entry
      in
      (* A later deadline is found out when the entry's time comes. *)
      if at < Timer_queue.time entry then begin
        Timer_queue.set t.timers entry at;
        Option.iter (fun alarm -> Alarm.set alarm at) t.alarm
      end
    end

  (* RFC 4022: those that were never established, and those that were and ended by a reset. *)
  let count_end (conn : Tcp_conn.t) ~before =
    match (conn.state, conn.failure) with
    | Closed, Some _ when before = Handshake -> Count.(one tcp_attempt_fails)
    | Closed, Some Refused -> Count.(one tcp_attempt_fails)
    | Closed, Some (Reset | Aborted) -> Count.(one tcp_established_resets)
    | _, _ -> ()

  (* Brings all that depends on the connection's state up to date. *)
  let rec settle flow =
    let before = flow.stage in
    let stage = stage_of flow.conn in
    if stage <> before && before <> Gone then begin
      enter flow stage;
      count_end flow.conn ~before;
      if before = Handshake && stage <> Gone then
        Option.iter (run_callback flow) flow.on_accept
    end;
    wake_readers flow;
    wake_writers flow;
    Waiters.wake flow.others;
    if flow.stage <> Gone then schedule flow

  and run_callback flow callback =
    let abort () =
      Tcp_conn.abort flow.conn Aborted;
      touch flow
    in
    Background.run
      (Printf.sprintf "tcp: port %d: connection reset" flow.conn.local_port)
      (fun () ->
        Lwt.catch
          (fun () -> callback flow)
          (fun exn ->
            abort ();
            match exn with
            | Closed _ | End_of_file -> Lwt.return_unit
            | exn -> Lwt.fail exn))

  and flush flow =
    if not flow.sending then begin
      flow.sending <- true;
      let sent = Lwt.apply transmit flow in
      match Lwt.state sent with
      | Lwt.Return () ->
        flow.sending <- false;
        settle flow
      | Lwt.Fail _ | Lwt.Sleep ->
        Lwt.async (fun () ->
            Lwt.catch
              (fun () -> sent >|= fun () -> flow.sending <- false)
              (fun exn ->
                sending_failed flow exn;
                Lwt.return_unit)
            >|= fun () -> settle flow)
    end

  (* What could not be sent is as good as lost on the way, but for a first SYN
     there is no point in waiting. *)
  and sending_failed flow exn =
    flow.sending <- false;
    flow.conn.snd.in_tx <- 0;
    if I.is_unreachable exn && flow.conn.state = Syn_sent then
      Tcp_conn.fail flow.conn Unreachable
    else flow.conn.due.reset <- false

  and flush_dirty t =
    match Queue.take_opt t.dirty with
    | None -> ()
    | Some flow ->
      flow.queued <- false;
      flush flow;
      flush_dirty t

  (* [work t f] is [f ()] and then all output that came of it. *)
  and work t f =
    if t.busy then f ()
    else begin
      t.busy <- true;
      look_at_clock t;
      Fun.protect
        ~finally:(fun () -> t.busy <- false)
        (fun () ->
          f ();
          flush_dirty t)
    end

  (* Something was done to [flow]: it sends soon, together with what is done
     next. *)
  and touch flow =
    let t = flow.tcp in
    if not flow.queued then begin
      flow.queued <- true;
      Queue.add flow t.dirty
    end;
    if not t.busy then flush_after_turn t

  and flush_after_turn t =
    if not t.flush_paused then begin
      t.flush_paused <- true;
      Lwt.async (fun () ->
          Lwt.pause () >|= fun () ->
          t.flush_paused <- false;
          work t (fun () ->
              Queue.iter
                (fun flow ->
                  flow.put_off <- false;
                  touch flow)
                t.deferred;
              Queue.clear t.deferred))
    end

  (* The frames of a batch are processed in one turn: one ACK does for all. *)
  let defer flow =
    let t = flow.tcp in
    if not flow.put_off then begin
      flow.put_off <- true;
      Queue.add flow t.deferred
    end;
    flush_after_turn t

  let on_alarm t () =
    work t (fun () ->
        let rec expire () =
          match Timer_queue.pop t.timers ~now:t.time with
          | None -> ()
          | Some flow ->
            if Tcp_timer.deadline flow.conn <= t.time then begin
              Tcp_timer.expire flow.conn ~now:t.time;
              touch flow
            end
            else schedule flow;
            expire ()
        in
        expire ());
    let next = Timer_queue.next t.timers in
    if next <> Tcp_conn.never then
      Option.iter (fun alarm -> Alarm.set alarm next) t.alarm

  (* Memory is short, and this connection has made no progress for longest. *)
  let shed flow =
    Count.(one tcp_abandoned_for_memory);
    Tcp_receive_queue.clear flow.conn.rcv.pieces;
    Tcp_conn.abort flow.conn Aborted;
    touch flow

  let add_flow t ~endpoints ~local ~remote ~on_accept conn =
    let flow =
      {
        tcp = t;
        endpoints;
        conn;
        local;
        remote;
        on_accept;
        stage = Open;
        sending = false;
        queued = false;
        put_off = false;
        timer = None;
        readers = Waiters.create ();
        writers = Waiters.create ();
        others = Waiters.create ();
        write_lock = Lwt_mutex.create ();
      }
    in
    Connections.replace t.connections endpoints flow;
    Memory_budget.on_shed conn.account (fun () -> shed flow);
    flow

  (* {2 Input} *)

  let endpoints t ~local ~local_port ~remote ~remote_port : Endpoints.t =
    Endpoints.create ~local ~local_port ~remote ~remote_port ~secret:t.secret

  (* As what cookies and first sequence numbers depend on. *)
  let ends ~local ~local_port ~remote ~remote_port =
    let ports = Bytes.create 4 in
    Bytes.set_uint16_be ports 0 local_port;
    Bytes.set_uint16_be ports 2 remote_port;
    String.concat "" [ I.octets local; I.octets remote; Bytes.unsafe_to_string ports ]

  let ends_of ~local ~remote (s : Tcp_wire.t) =
    ends ~local ~local_port:s.dst_port ~remote ~remote_port:s.src_port

  let initial t ~local ~remote s =
    Tcp_isn.initial t.isn ~now:t.time (ends_of ~local ~remote s)

  (* The largest segment depends on the header below it. *)
  let config_for t remote =
    let mss = I.mtu t.ip remote - I.header_length remote - Tcp_wire.header_length in
    if mss < t.config.mss then { t.config with mss } else t.config

  let open_account t remote =
    Memory_budget.open_account ~layer:t.layer ~peer:(I.owner remote) ()

  let make_room t ~remote =
    let peer = I.owner remote in
    if Memory_budget.accounts ~peer >= t.config.max_per_peer then begin
      Memory_budget.shed_one ~peer ~layer:t.layer ();
      flush_dirty t
    end;
    if Connections.length t.connections >= t.config.max_connections then begin
      Memory_budget.shed_one ~layer:t.layer ();
      flush_dirty t
    end

  let add_passive t ~endpoints ~local ~remote ~iss ~ts_offset callback s =
    make_room t ~remote;
    Count.(one tcp_passive_opens);
    let account = open_account t remote in
    let conn = Tcp_conn.accept ~account (config_for t remote) ~now:t.time ~iss ~ts_offset s in
    let flow =
      add_flow t ~endpoints ~local ~remote ~on_accept:(Some callback) conn
    in
    enter flow Handshake;
    flow

  (* How long a cookie is good for, and a little more. *)
  let cookie_lifetime = 200e6

  let answer_by_cookie t ~local ~remote (s : Tcp_wire.t) =
    t.cookies_until <- t.time +. cookie_lifetime;
    Count.(one tcp_cookies_sent);
    let cookie =
      Tcp_cookie.make t.cookies ~now:t.time (ends_of ~local ~remote s) s
    in
    let _, ts_offset = initial t ~local ~remote s in
    let clock = Tcp_conn.timestamp_at ~offset:ts_offset t.time in
    let answer =
      Tcp_conn.cookie_answer (config_for t remote) ~cookie
        ~stamp:(Tcp_cookie.stamp ~clock s) s
    in
    Lwt.async (fun () -> send_quietly t ~local ~remote answer)

  let accept t ~endpoints ~local ~remote ~after callback (s : Tcp_wire.t) =
    if t.half_open_count >= t.config.max_half_open then
      answer_by_cookie t ~local ~remote s
    else begin
      let iss, ts_offset = initial t ~local ~remote s in
      let iss = match after with Some seq -> Tcp_seq.max seq iss | None -> iss in
      touch (add_passive t ~endpoints ~local ~remote ~iss ~ts_offset callback s)
    end

  let is_opening (s : Tcp_wire.t) =
    Tcp_wire.has_syn s.flags
    && not (Tcp_wire.has_ack s.flags || Tcp_wire.has_rst s.flags)

  let refuse t ~local ~remote s =
    match Tcp_wire.reset_for s with
    | Some reset when Rate_limit.allows t.resets ~now:t.time ->
      Lwt.async (fun () -> send_quietly t ~local ~remote reset)
    | Some _ | None -> ()

  (* The ACK of a cookie. *)
  let accept_cookie t ~listeners ~endpoints ~local ~remote (s : Tcp_wire.t) =
    let is_ack =
      Tcp_wire.has_ack s.flags
      && not (Tcp_wire.has_syn s.flags || Tcp_wire.has_rst s.flags)
    in
    if is_ack && t.time < t.cookies_until then
      match (listeners s.dst_port,
             Tcp_cookie.check t.cookies ~now:t.time (ends_of ~local ~remote s) s)
      with
      | Some callback, Some syn ->
        let iss = Tcp_seq.add s.ack (-1) in
        let _, ts_offset = initial t ~local ~remote s in
        let flow =
          add_passive t ~endpoints ~local ~remote ~iss ~ts_offset callback syn
        in
        Count.(one tcp_cookies_received);
        Tcp_conn.was_answered flow.conn;
        Some flow
      | Some _, None ->
        Count.(one tcp_cookies_failed);
        None
      | None, _ -> None
    else None

  let take t flow s =
    (match Tcp_input.segment flow.conn ~now:t.time s with
     | Taken -> ()
     | Answer_by_reset -> refuse t ~local:flow.local ~remote:flow.remote s);
    settle flow;
    if Tcp_conn.can_defer_output flow.conn then defer flow else touch flow

  (* SYN and FIN together open nothing: only scanners send them. *)
  let without_connection t ~listeners ~endpoints ~local ~remote ?after
      (s : Tcp_wire.t) =
    if is_opening s then
      if not (Tcp_wire.has_fin s.flags) then
        match listeners s.dst_port with
        | Some callback -> accept t ~endpoints ~local ~remote ~after callback s
        | None -> refuse t ~local ~remote s
      else ()
    else
      match accept_cookie t ~listeners ~endpoints ~local ~remote s with
      | Some flow -> take t flow s
      | None -> refuse t ~local ~remote s

  (* A SYN that can only be of a new connection ends the wait for stray segments
     of the old one (RFC 9293, section 3.10.7.4; RFC 6191). *)
  let succeeds_time_wait (conn : Tcp_conn.t) (s : Tcp_wire.t) =
    conn.state = Time_wait && is_opening s
    &&
    match s.options.timestamps with
    | Some (value, _) when conn.ts.on ->
      Tcp_seq.gt value conn.ts.recent || Tcp_seq.gt s.seq conn.rcv.expected
    | Some _ | None -> Tcp_seq.gt s.seq conn.rcv.expected

  (* Added to the old connection's numbers, as its last segments may still be on
     their way. *)
  let time_wait_gap = 0x10000

  let take_segment t ~listeners ~local ~remote (s : Tcp_wire.t) =
    let endpoints =
      endpoints t ~local ~local_port:s.dst_port ~remote ~remote_port:s.src_port
    in
    match Connections.find_opt t.connections endpoints with
    | None -> without_connection t ~listeners ~endpoints ~local ~remote s
    | Some flow when succeeds_time_wait flow.conn s ->
      let after = Tcp_seq.add flow.conn.snd.max time_wait_gap in
      Tcp_conn.finish flow.conn;
      settle flow;
      without_connection t ~listeners ~endpoints ~local ~remote ~after s
    | Some flow -> take t flow s

  let input t ~listeners ~src ~dst buf =
    Count.(one tcp_in);
    (match Tcp_wire.parse ~addresses:(I.addresses ~src ~dst) buf with
     | Some s when I.owns t.ip dst ->
       work t (fun () -> take_segment t ~listeners ~local:dst ~remote:src s)
     | Some _ -> ()
     | None -> Count.(one tcp_in_errors));
    Lwt.return_unit

  let on_error t (e : Ip_error.t) =
    match (I.of_ip e.src, I.of_ip e.dst) with
    | Some local, Some remote
      when e.proto = Ipv4_wire.proto_tcp && I.owns t.ip local -> (
      let local_port = Cstruct.BE.get_uint16 e.transport 0 in
      let remote_port = Cstruct.BE.get_uint16 e.transport 2 in
      let seq = Tcp_seq.get e.transport 4 in
      let key = endpoints t ~local ~local_port ~remote ~remote_port in
      match Connections.find_opt t.connections key with
      | Some flow ->
        Tcp_input.unreachable flow.conn ~seq e.reason;
        touch flow
      | None -> ())
    | _, _ -> ()

  (* {2 V1} *)

  let established t =
    let is_established flow =
      match flow.conn.state with Established | Close_wait -> 1 | _ -> 0
    in
    Connections.fold (fun _ flow n -> n + is_established flow) t.connections 0

  let layers = ref 0

  let next_layer () =
    incr layers;
    Printf.sprintf "tcp %d" !layers

  let connect ip =
    Random.self_init ();
    let clock = Monotonic.create Clock.time in
    let t =
      {
        ip;
        layer = next_layer ();
        clock;
        time = Monotonic.now clock;
        offloads = [| Net_offload.none; Net_offload.none |];
        isn = Tcp_isn.create (Unpredictable.octets 16);
        secret = Tcp_seq.of_int32 (String.get_int32_be (Unpredictable.octets 4) 0);
        connections = Connections.create 64;
        timers = Timer_queue.create ();
        dirty = Queue.create ();
        deferred = Queue.create ();
        cookies = Tcp_cookie.create (Unpredictable.octets 16);
        cookies_until = neg_infinity;
        resets = Rate_limit.create ~per_second:Tcp_parameters.default.max_resets;
        time_wait = Queue.create ();
        half_open_count = 0;
        time_wait_count = 0;
        busy = false;
        flush_paused = false;
        alarm = None;
        config = Tcp_parameters.default;
        errors = None;
      }
    in
    Net_counters.gauge "TcpCurrEstab" (fun () -> established t);
    t.alarm <- Some (Alarm.create ~sleep:Time.sleep ~clock (on_alarm t));
    t.errors <- Some (Ip_error.subscribe (on_error t));
    Lwt.return (`Ok t)

  let disconnect t =
    Option.iter Ip_error.cancel t.errors;
    let flows = Connections.fold (fun _ flow all -> flow :: all) t.connections [] in
    let abort flow =
      Tcp_conn.abort flow.conn Aborted;
      touch flow
    in
    work t (fun () -> List.iter abort flows);
    Lwt.return_unit

  let id t = t.ip
  let set_config t (config : Tcp_parameters.t) =
    t.config <- config;
    t.resets <- Rate_limit.create ~per_second:config.max_resets

  let connections t = Connections.length t.connections
  let get_dest flow = (flow.remote, flow.conn.remote_port)

  let rec read flow =
    let conn = flow.conn in
    match Tcp_conn.read conn ~now:flow.tcp.time with
    | Some data ->
      if conn.due.ack then touch flow;
      Lwt.return (`Ok data)
    | None when conn.rcv.eof -> Lwt.return `Eof
    | None when conn.state = Closed ->
      Lwt.return
        (match conn.failure with
         | Some Timed_out -> `Error `Timeout
         | Some Refused -> `Error `Refused
         | failure -> `Error (`Unknown (reason failure)))
    | None ->
      Tcp_conn.want conn;
      Waiters.wait flow.readers >>= fun () -> read flow

  let check_writable flow =
    if Tcp_conn.can_write flow.conn then Lwt.return_unit
    else Lwt.fail (Closed (reason flow.conn.failure))

  let rec write_all flow ~at_once = function
    | [] -> Lwt.return_unit
    | buf :: rest ->
      check_writable flow >>= fun () ->
      let room = Tcp_conn.write_room_for flow.conn buf in
      let length = Cstruct.length buf in
      if length <= room then begin
        let is_last = match rest with [] -> true | _ :: _ -> false in
        Tcp_conn.write flow.conn ~at_once:(at_once && is_last) buf;
        touch flow;
        write_all flow ~at_once rest
      end
      else begin
        let now, later = Cstruct.split buf room in
        Tcp_conn.write flow.conn ~at_once:false now;
        touch flow;
        Waiters.wait flow.writers >>= fun () ->
        write_all flow ~at_once (later :: rest)
      end

  let write_parts flow ~at_once parts =
    Lwt_mutex.with_lock flow.write_lock (fun () -> write_all flow ~at_once parts)

  let write flow buf = write_parts flow ~at_once:false [ buf ]
  let writev flow parts = write_parts flow ~at_once:true parts
  let write_nodelay flow buf = write_parts flow ~at_once:true [ buf ]
  let writev_nodelay = writev

  let rec until flow condition =
    if condition flow.conn then Lwt.return_unit
    else Waiters.wait flow.others >>= fun () -> until flow condition

  let fin_sent (conn : Tcp_conn.t) =
    match conn.state with
    | Syn_sent | Syn_received | Established | Close_wait -> false
    | Fin_wait_1 | Fin_wait_2 | Closing | Last_ack | Time_wait | Closed -> true

  let close flow =
    Lwt_mutex.with_lock flow.write_lock (fun () ->
        Tcp_conn.close flow.conn;
        touch flow;
        Lwt.return_unit)
    >>= fun () -> until flow fin_sent

  let is_decided (conn : Tcp_conn.t) =
    match conn.state with
    | Syn_sent | Syn_received -> false
    | Established | Fin_wait_1 | Fin_wait_2 | Close_wait | Closing | Last_ack
    | Time_wait | Closed ->
      true

  let free_port t ~local ~remote ~remote_port =
    Ephemeral_port.search (fun local_port ->
        let key = endpoints t ~local ~local_port ~remote ~remote_port in
        if Connections.mem t.connections key then None else Some (local_port, key))

  let connect_from t ~local ~remote ~remote_port =
    match free_port t ~local ~remote ~remote_port with
    | None -> Lwt.return (`Error (`Unknown "no free port"))
    | Some (local_port, endpoints) -> (
      look_at_clock t;
      Count.(one tcp_active_opens);
      let iss, ts_offset =
        Tcp_isn.initial t.isn ~now:t.time (ends ~local ~local_port ~remote ~remote_port)
      in
      let conn =
        Tcp_conn.connect ~account:(open_account t remote) (config_for t remote)
          ~now:t.time ~local_port ~remote_port ~iss ~ts_offset
      in
      let flow = add_flow t ~endpoints ~local ~remote ~on_accept:None conn in
      touch flow;
      let decided = until flow is_decided in
      Lwt.on_cancel decided (fun () ->
          Tcp_conn.abort conn Aborted;
          touch flow);
      decided >|= fun () ->
      match conn.failure with
      | None -> `Ok flow
      | Some Refused -> `Error `Refused
      | Some Timed_out -> `Error `Timeout
      | failure -> `Error (`Unknown (reason failure)))

  let create_connection t (remote, remote_port) =
    match I.source t.ip remote with
    | None -> Lwt.return (`Error (`Unknown (reason (Some Unreachable))))
    | Some local -> connect_from t ~local ~remote ~remote_port
end
