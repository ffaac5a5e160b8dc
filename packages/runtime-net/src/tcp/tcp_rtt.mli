(* SPDX-License-Identifier: ISC *)

(** The retransmission timeout (RFC 6298). Times are in microseconds. *)

type t

val create : Tcp_parameters.t -> t

(** [sample t rtt] takes a measured round-trip time in, and ends a back-off. The
    caller must not measure what was retransmitted (Karn's algorithm). *)
val sample : t -> int -> unit

(** [handshake_loss t] when the SYN had to be repeated: without a sample the
    timeout is 3 seconds from now on (RFC 6298, section 5.7). *)
val handshake_loss : t -> unit

(** [back_off t] doubles the timeout until the next sample. *)
val back_off : t -> unit

(** How often the timeout was doubled. *)
val back_offs : t -> int

(** Ends a back-off without a sample, when new data is acknowledged. *)
val end_back_off : t -> unit

(** The smoothed round-trip time; 0 before the first sample. *)
val smoothed : t -> int

(** The current timeout. *)
val timeout : t -> int
