(* SPDX-License-Identifier: ISC *)

(** One TCP connection: its state, and what an application does with it.

    A connection is a value without threads or a clock of its own. Whoever owns
    it gives it the segments that arrive ({!Tcp_input}), lets its timers expire
    ({!Tcp_timer}), writes, reads and closes (here), and after each of these
    takes the segments that are due ({!Tcp_output}). The record is for these
    modules; the tests drive them with a clock of their own.

    Points in time are those of {!Monotonic}. *)

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

(** Why a connection ended otherwise than by both sides closing it. *)
type failure =
  | Refused  (** the peer answered the SYN by a reset *)
  | Reset  (** the peer reset the connection *)
  | Timed_out  (** the peer no longer answers *)
  | Unreachable  (** the network says that there is no way to the peer *)
  | Aborted  (** by this side *)

(** The time of a timer that is off. *)
val never : float

(** When timers expire, and when things happened; {!never} if they don't, or
    haven't. *)
type times = {
  mutable retransmit : float;
  mutable tail : float;  (** a probe of what was sent last is due *)
  mutable next_send : float;  (** what is paced may go from then on *)
  mutable paced : float;  (** something waits for that *)
  mutable persist : float;
  mutable delayed_ack : float;
  mutable nagle : float;
  mutable wait : float;  (** the end of TIME-WAIT, or of patience in FIN-WAIT-2 *)
  mutable abandon : float;  (** nobody here has read what came after a close *)
  mutable opened : float;
  mutable heard : float;  (** the last acceptable segment came *)
  mutable timed : float;  (** the SYN was sent, once *)
  mutable stalled : float;  (** first timeout without progress since *)
  mutable sent : float;  (** the last text was sent *)
  mutable challenged : float;  (** since then challenge ACKs are counted *)
  mutable ts_recent : float;  (** the peer's last timestamp came *)
}

(** Sending; the names are those of RFC 9293, section 3.3.1. *)
type sending = {
  iss : int;
  mutable una : int;
  mutable nxt : int;
  mutable max : int;  (** also behind the octet of a probe of the window *)
  mutable wnd : int;
  mutable max_wnd : int;
  mutable wl1 : int;
  mutable wl2 : int;
  mutable scale : int;
  mutable peer_mss : int;  (** what the peer or the path takes, with options *)
  mutable mss : int;  (** payload of a full segment *)
  mutable full_end : int option;  (** where the first full segment ended *)
  mutable path_proven : bool;  (** it arrived *)
  queue : Tcp_send_queue.t;
  mutable data_una : int;  (** sequence number of the queue's first octet *)
  mutable closing : bool;  (** a FIN follows the queue *)
  mutable at_once_until : int;  (** Nagle's algorithm does not hold these *)
  small_ends : int array;  (** where the last small segments ended, a ring *)
  mutable small_count : int;
  mutable in_tx : int;  (** segments handed out and not written yet *)
}

(** Receiving. *)
type receiving = {
  mutable irs : int;
  mutable expected : int;  (** RCV.NXT *)
  mutable edge : int;  (** first sequence number beyond the offered window *)
  mutable shift : int;
  mutable capacity : int;  (** of [pieces] *)
  mutable read_octets : int;  (** since [capacity] was chosen *)
  pieces : Tcp_receive_queue.t;
  reassembly : Tcp_reassembly.t;
  mutable twice : (int * int) option;  (** came again, and the next ACK says so *)
  mutable fin : int option;  (** sequence number of the peer's FIN *)
  mutable eof : bool;  (** it was reached *)
  mutable wanted : bool;  (** somebody waits for data *)
  mutable unacknowledged : int;  (** octets since the last ACK *)
  mutable ack_sent : int;
}

(** Timestamps (RFC 7323). *)
type stamps = {
  mutable on : bool;  (** offered by this side, later by both *)
  offset : int;
  mutable recent : int;
}

(** What the next output is to contain. *)
type due = {
  mutable ack : bool;
  mutable ack_soon : bool;  (** an ACK that may also cover what comes next *)
  mutable retransmit : bool;  (** the first that is lost, whatever the window *)
  mutable probe : bool;  (** of the window *)
  mutable tail_probe : bool;
  mutable keepalive : bool;
  mutable reset : bool;
}

type t = {
  config : Tcp_parameters.t;
  local_port : int;
  remote_port : int;
  passive : bool;  (** opened by the peer *)
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
  mutable window_scaling : bool;  (** offered by this side, later by both *)
  mutable challenges : int;  (** ACKs to invalid segments since [at.challenged] *)
  mutable keepalives : int;  (** probes sent since [at.heard] *)
}

(** Octets that a connection counts for in {!Memory_budget}, besides its queues. *)
val cost : int

(** [connect ?account config ~now ~local_port ~remote_port ~iss ~ts_offset] is an active
    open; its memory is charged to [account]. *)
val connect :
  ?account:Memory_budget.account ->
  Tcp_parameters.t ->
  now:float ->
  local_port:int ->
  remote_port:int ->
  iss:int ->
  ts_offset:int ->
  t

(** [accept ?account config ~now ~iss ~ts_offset syn] is a passive open by the segment
    [syn]. *)
val accept :
  ?account:Memory_budget.account ->
  Tcp_parameters.t -> now:float -> iss:int -> ts_offset:int -> Tcp_wire.t -> t

(** [was_answered t]: the SYN-ACK of this passive open was sent already. *)
val was_answered : t -> unit

(** {1 For the application} *)

(** Octets that {!write} would take. *)
val write_room : t -> int

(** Likewise for that data, which may be such as is not copied. *)
val write_room_for : t -> Cstruct.t -> int

(** Whether {!write_room} is worth waking a writer for. *)
val has_much_room : t -> bool

(** Whether data may still be written: the connection is not closed on this
    side, nor has it failed. *)
val can_write : t -> bool

(** [write t ~at_once data] queues [data]. [at_once]: no part of it waits for
    more to come (RFC 1122, section 4.2.3.4). *)
val write : t -> at_once:bool -> Cstruct.t -> unit

(** [read t ~now] is the next data. *)
val read : t -> now:float -> Cstruct.t option

(** [want t] when somebody waits for data. *)
val want : t -> unit

(** [close t] ends the stream of this side. *)
val close : t -> unit

(** [abort t failure] ends the connection by a reset. *)
val abort : t -> failure -> unit

(** {1 For the other modules of TCP} *)

(** There is output, and it may wait for the end of the current turn of the main
    loop: an ACK for data that arrived in order. *)
val can_defer_output : t -> bool

(** The connection is over: nothing is sent or kept any more. *)
val fail : t -> failure -> unit

(** Likewise, after both sides have closed it. *)
val finish : t -> unit

(** [set_path_mss t mss] when the path takes no more than [mss] octets of
    payload and options. *)
val set_path_mss : t -> int -> unit

(** [negotiate t options ~now] takes in the options of the peer's SYN. *)
val negotiate : t -> Tcp_options.t -> now:float -> unit

(** Sequence number that follows all data in the queue: that of the FIN. *)
val fin_seq : t -> int

(** The peer has acknowledged the FIN. *)
val fin_acknowledged : t -> bool

(** Octets in flight. *)
val flight : t -> int

(** [timestamp_at ~offset now] is the value of a timestamp, in milliseconds. *)
val timestamp_at : offset:int -> float -> int

(** [cookie_answer config ~cookie ~stamp syn] is the SYN-ACK that answers [syn], with
    the sequence number [cookie] and the timestamp [stamp]. *)
val cookie_answer :
  Tcp_parameters.t -> cookie:int -> stamp:int -> Tcp_wire.t -> Tcp_wire.t

(** [timestamp t ~now] is the value to send, in milliseconds. *)
val timestamp : t -> now:float -> int

(** Octets that may still be received, besides what is unread. *)
val window_room : t -> int

(** [watch_reader t ~now] when there is unread data after a close on this side. *)
val watch_reader : t -> now:float -> unit

(** [watch_tail t ~now] sets the timer for the probe of what was sent last. *)
val watch_tail : t -> now:float -> unit

(** Data from the peer can still arrive. *)
val can_receive : t -> bool

(** [set_irs t seq] takes in the sequence number of the peer's SYN. *)
val set_irs : t -> int -> unit

(** [drop_sent t n] removes [n] acknowledged octets from the send queue. *)
val drop_sent : t -> int -> unit
