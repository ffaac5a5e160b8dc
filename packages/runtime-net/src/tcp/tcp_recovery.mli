(* SPDX-License-Identifier: ISC *)

(** What was lost, and how the window follows: RACK-TLP (RFC 8985) over selective
    acknowledgements (RFC 2018, 2883), three duplicates where the peer has none (RFC
    6582), proportional rate reduction (RFC 6937), and the undoing of reductions that
    the peer's timestamps show to be wrong (RFC 3522). *)

type t

val create : Tcp_congestion.t -> t

(** [start t ~sack] when the handshake has told whether both sides know selective
    acknowledgements. *)
val start : t -> sack:bool -> unit

(** Whether they do. *)
val knows_sack : t -> bool

(** What is outstanding. *)
val outstanding : t -> Tcp_scoreboard.t

(** Octets that may be sent now. *)
val allowance : t -> int

(** Whether the connection is recovering from a loss. *)
val is_active : t -> bool

(** What an ACK says. Of [blocks], in the order of the segment, the first may tell of
    octets that came twice. *)
type ack = {
  now : float;
  una : int;  (** the highest number acknowledged before *)
  ack : int;
  next : int;  (** the next number to be sent *)
  blocks : (int * int) list;
  echo : int option;  (** of the timestamp *)
  duplicate : bool;  (** by RFC 5681, section 2 *)
}

(** [on_ack t rtt ack] takes it in, with the round-trip times that it tells. *)
val on_ack : t -> Tcp_rtt.t -> ack -> unit

(** [sent t ~now ~again first last] when this was sent for the first time; [again] if
    part of it was sent as a probe before. *)
val sent : t -> now:float -> again:bool -> int -> int -> unit

(** [starved t]: the application has no more to send, though more might be sent. *)
val starved : t -> unit

(** [repeated t run ~now ~stamp length] when the first [length] octets of [run] were
    sent again, with the timestamp [stamp]. *)
val repeated :
  t -> Tcp_scoreboard.run -> now:float -> stamp:int -> int -> unit

(** [on_timeout t ~now ~una ~next ~first] when the retransmission timer expires, the
    [first] time for this data or again. *)
val on_timeout : t -> now:float -> una:int -> next:int -> first:bool -> unit

(** [resend t] has all that is outstanding sent again, for a reason that is not
    congestion. *)
val resend : t -> unit

(** When {!on_reorder_timer} is to be called; {!Float.infinity} for never. *)
val reorder_at : t -> float

(** [on_reorder_timer t ~now ~una ~next]: what was overtaken and hasn't come by now is
    lost. *)
val on_reorder_timer : t -> now:float -> una:int -> next:int -> unit

(** {1 The probe of the tail (RFC 8985, section 7)} *)

(** [probe_timeout t rtt] is how long after the last segment a probe is due; [None] if
    none is. In microseconds. *)
val probe_timeout : t -> Tcp_rtt.t -> int option

(** [probe_sent t ~next ~again] when one was; [again] if it was no new data. [next] is
    the number after it. *)
val probe_sent : t -> next:int -> again:bool -> unit
