(* SPDX-License-Identifier: ISC *)

(** One question to one server, from the first query to its answer. *)

type t

(** What to do next. *)
type step =
  | Ask of [ `Udp | `Tcp ] * string  (** send that query; what comes goes to {!receive} *)
  | Answer of Dns_answer.t

(** [start ~random question]: [random n] are [n] octets that nobody can guess (RFC 5452);
    they choose the query's id and its letters' case. *)
val start : random:(int -> string) -> Dns_message.question -> t * step

(** [receive t octets] is what a message from the server, over the transport that was
    asked for last, leads to; [None] if it is no reply to the query: wait on. A reply that
    was cut short, or that does not repeat the letters' case, leads to TCP; a server that
    does not understand EDNS is asked without it (RFC 6891, section 7). *)
val receive : t -> string -> (t * step) option
