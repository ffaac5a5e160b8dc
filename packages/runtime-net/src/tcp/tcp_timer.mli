(* SPDX-License-Identifier: ISC *)

(** The timers of a connection: retransmission, persist, delayed ACK, Nagle's
    algorithm, keep-alive, and the ends of waiting. *)

(** [deadline t] is when {!expire} is to be called next, {!Tcp_conn.never} if
    only a segment or the application can change [t]. *)
val deadline : Tcp_conn.t -> float

(** [expire t ~now] lets the timers expire whose time has come. *)
val expire : Tcp_conn.t -> now:float -> unit
