(* SPDX-License-Identifier: ISC *)

(** What a segment does to a connection (RFC 9293, section 3.10.7, with the
    mitigations of RFC 5961 and the timestamps of RFC 7323). *)

type verdict =
  | Taken  (** the connection has seen to it; there may be output *)
  | Answer_by_reset  (** see {!Tcp_wire.reset_for} *)

(** [segment t ~now s] takes [s] in, whose ports are those of [t]. *)
val segment : Tcp_conn.t -> now:float -> Tcp_wire.t -> verdict

(** [unreachable t ~seq reason] takes in an ICMP error about a segment of [t] that
    starts at [seq] (RFC 9293, section 3.9.2.2; RFC 5927). *)
val unreachable : Tcp_conn.t -> seq:int -> Ip_error.reason -> unit
