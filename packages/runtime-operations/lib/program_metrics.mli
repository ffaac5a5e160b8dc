(* SPDX-License-Identifier: ISC *)

(** What is measured of every program, as {!Metrics}: when it started, its garbage collector,
    the memory that peers make it hold, and what its network stacks count. *)

(** [install ~now] declares them; [now ()] is the time in seconds since 1970, and the program
    starts now. *)
val install : now:(unit -> float) -> unit

(** Seconds since {!install}. *)
val uptime : unit -> float

(** The metric of the processor time, in seconds, which the runtime keeps. *)
val cpu : string

(** The metric of a counter of {!Net_counters}: ["TcpInSegs"] is
    ["mirage_net_tcp_in_segs_total"]. *)
val name_of_net : string -> string
