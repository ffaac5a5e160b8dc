(* SPDX-License-Identifier: ISC *)

(** What the network stacks of a program have counted, by the names that Linux's nstat(8) and
    netstat(8) print: those of RFC 4293, 4022 and 4113 and of [/proc/net/netstat]. All
    interfaces count together. A counter goes on from 0 after the greatest int. *)

type t

(** [counter name] is the counter of that name, such as ["TcpInSegs"], at 0 when it is asked
    for the first time. *)
val counter : string -> t

val increment : t -> unit
val add : t -> int -> unit
val value : t -> int

(** [gauge name f] has [f ()] told under that name from now on, in place of an earlier one:
    what goes up and down, such as ["TcpCurrEstab"]. *)
val gauge : string -> (unit -> int) -> unit

(** Whether that name is one of a {!gauge}. *)
val is_gauge : string -> bool

(** The value under that name; 0 if there is none. *)
val current : string -> int

(** [on_each f] has [f name] called for each name that there is and that comes, which
    replaces an earlier [f]. *)
val on_each : (string -> unit) -> unit

(** All names with their values, in alphabetical order. *)
val all : unit -> (string * int) list

(** A line for each, as [nstat -az] prints them: the name, spaces, the value. *)
val to_text : unit -> string
