(* SPDX-License-Identifier: ISC *)

(** The congestion window: slow start and congestion avoidance (RFC 5681, with
    the byte counting of RFC 3465), fast retransmit and NewReno recovery (RFC
    6582), limited transmit (RFC 3042). Windows are in octets. *)

type t

(** [create ~initial_window ~mss] starts in slow start; [initial_window] is in
    segments. *)
val create : initial_window:int -> mss:int -> t

(** [start t ~mss] when the handshake has told the segment size. *)
val start : t -> mss:int -> unit

(** [set_mss t mss] when the path turns out to take less. *)
val set_mss : t -> int -> unit

(** How much may be in flight. *)
val window : t -> int

(** The handshake lost a segment: start from one segment (RFC 5681, section 3.1). *)
val handshake_loss : t -> unit

type reaction =
  | Nothing
  | Retransmit  (** send the first unacknowledged segment again, at once *)

(** [on_ack t ~ack ~acked ~flight] when [acked] octets are newly acknowledged, up
    to sequence number [ack], of [flight] that were outstanding before. *)
val on_ack : t -> ack:int -> acked:int -> flight:int -> reaction

(** [on_duplicate_ack t ~una ~next ~flight]; [next] is the highest sequence number
    sent. *)
val on_duplicate_ack : t -> una:int -> next:int -> flight:int -> reaction

(** [on_timeout t ~next ~flight ~first] when the retransmission timer expires, the
    [first] time for this data or again. *)
val on_timeout : t -> next:int -> flight:int -> first:bool -> unit

(** Nothing was sent for longer than a retransmission timeout (RFC 5681, section
    4.1). *)
val on_idle : t -> unit
