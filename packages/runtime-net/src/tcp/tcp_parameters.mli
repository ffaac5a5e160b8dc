(* SPDX-License-Identifier: ISC *)

(** The constants of TCP. Times are in microseconds. *)

type t = {
  mss : int;
      (** the largest payload to receive, and to send on a path not known better:
          the interface's MTU less 40 octets *)
  initial_window : int;  (** segments (RFC 6928) *)
  initial_rto : int;  (** retransmission timeout before any sample (RFC 6298) *)
  min_rto : int;
  max_rto : int;
  connect_timeout : int;  (** for an active open *)
  accept_timeout : int;  (** for the handshake of a passive open *)
  user_timeout : int;
      (** how long data may stay unacknowledged before the connection is given
          up (RFC 9293, section 3.8.3) *)
  min_retransmissions : int;  (** before it is given up in any case *)
  keepalive_idle : int;  (** silence before the first probe *)
  keepalive_interval : int;  (** between probes *)
  keepalive_probes : int;  (** unanswered ones before the connection is given up *)
  delayed_ack : int;
  nagle_hold : int;  (** the longest that a small segment is held back *)
  nagle_credit : int;  (** small segments that may be unacknowledged at a time *)
  time_wait : int;  (** twice the maximum segment lifetime *)
  fin_wait : int;
      (** how long a connection closed on this side, whose data nobody here waits
          for, may stay half open *)
  abandon : int;
      (** when a connection closed on this side has data that nobody has read for so
          long, the peer is told by a reset (RFC 1122, section 4.2.2.13) *)
  min_send_buffer : int;
      (** octets; less, when the memory for all connections is short *)
  max_send_buffer : int;
  min_receive_buffer : int;
  max_receive_buffer : int;
  timestamps : bool;  (** offer them (RFC 7323) *)
  sack : bool;  (** offer selective acknowledgements (RFC 2018) *)
  congestion_control : Tcp_congestion.algorithm;
  max_half_open : int;
      (** connections in SYN-RECEIVED; more SYNs are answered by cookies (RFC 4987) *)
  max_time_wait : int;  (** connections in TIME-WAIT; the oldest give way *)
  max_connections : int;
      (** in all; then the idlest give way, and those whose peers have most *)
  max_per_peer : int;
      (** of one address, or one /64 of IPv6; then its own idlest give way *)
  max_resets : int;  (** a second, in answer to segments of no connection *)
}

val default : t
