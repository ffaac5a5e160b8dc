(* SPDX-License-Identifier: ISC *)

(** A congestion window that follows a model of the path, its bandwidth and its
    shortest round trip, instead of losses: BBR (Cardwell and others, "BBR:
    congestion-based congestion control", 2016; draft-cardwell-iccrg-bbr-congestion-control-00).
    A path that loses at random is filled all the same. *)

type t

val create : unit -> t

(** What an ACK tells. *)
type sample = {
  now : float;
  rate : float;  (** of delivery, in octets a microsecond; negative if unknown *)
  rtt : int;  (** microseconds; negative if unknown *)
  round : bool;  (** it is the first for what was sent after the last such *)
  limited : bool;  (** the application had no more to send at the time *)
  acked : int;  (** octets that arrived *)
  in_flight : int;  (** octets that are under way now *)
  lost : bool;  (** something was found lost *)
  young : bool;  (** no more has arrived yet than the first window *)
}

(** [on_ack t ~mss ~window sample] is the new window. *)
val on_ack : t -> mss:int -> window:int -> sample -> int

(** [on_loss t ~window ~in_flight ~mss] is the window when a recovery begins: for a
    round trip what arrives makes room for as much. *)
val on_loss : t -> window:int -> in_flight:int -> mss:int -> int

(** [on_timeout ~window t] notes the window that is restored when the recovery ends. *)
val on_timeout : window:int -> t -> unit

(** [recovered t ~window] is the window after a recovery. *)
val recovered : t -> window:int -> int

(** The rate at which to send, in octets a microsecond; 0 before anything is known. *)
val pacing_rate : t -> float
