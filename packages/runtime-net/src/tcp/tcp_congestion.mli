(* SPDX-License-Identifier: ISC *)

(** The congestion window, in octets: slow start that ends before the first loss
    (HyStart++, RFC 9406), then CUBIC (RFC 9438) or Reno (RFC 5681); or BBR. What is lost,
    and when, is {!Tcp_recovery}'s matter. *)

type algorithm =
  | Bbr  (** see {!Tcp_bbr} *)
  | Cubic
  | New_reno

type t

(** [create algorithm ~initial_window ~mss] starts in slow start; [initial_window]
    is in segments. *)
val create : algorithm -> initial_window:int -> mss:int -> t

(** [start t ~mss] when the handshake has told the segment size. *)
val start : t -> mss:int -> unit

(** [set_mss t mss] when the path turns out to take less. *)
val set_mss : t -> int -> unit

(** Octets in a full segment. *)
val mss : t -> int

(** How much may be in flight. *)
val window : t -> int

(** The window at which slow start ends. *)
val threshold : t -> int

(** The handshake lost a segment: start from one segment (RFC 5681, section 3.1). *)
val handshake_loss : t -> unit

(** [measure t ~rtt] takes in a round-trip time, in microseconds, for the end of slow
    start. *)
val measure : t -> rtt:int -> unit

(** [on_ack t ~now ~ack ~next ~acked ~flight ~rtt] when [acked] octets are newly
    acknowledged, up to [ack], of [flight] that were outstanding before, outside of
    any recovery. [next] is the next sequence number to be sent, [rtt] the smoothed
    round-trip time. *)
val on_ack :
  t ->
  now:float ->
  ack:int ->
  next:int ->
  acked:int ->
  flight:int ->
  rtt:int ->
  unit

(** [reduce t ~flight] when loss has begun, with [flight] octets outstanding: it
    changes the threshold, not the window. *)
val reduce : t -> flight:int -> unit

(** The model of the path, for {!Bbr}: it decides about the window with each ACK. *)
val model : t -> Tcp_bbr.t option

(** The rate at which to send, in octets a microsecond; 0 for as fast as the window
    allows. *)
val pacing_rate : t -> float

(** [set_window t octets] during recovery. *)
val set_window : t -> int -> unit

(** [recovered t] sets the window to the threshold, at the end of a recovery. *)
val recovered : t -> unit

(** [undo t]: the last {!reduce} had no reason. *)
val undo : t -> unit

(** Nothing was sent for longer than a retransmission timeout (RFC 5681, section
    4.1). *)
val on_idle : t -> unit
