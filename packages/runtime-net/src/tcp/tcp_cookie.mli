(* SPDX-License-Identifier: ISC *)

(** SYN cookies (RFC 4987, section 3.6): the answer to a SYN holds all that has to be
    remembered of it, in its sequence number and its timestamp, so that a connection
    takes memory only once its peer has proved to be where it says. *)

type t

(** [create secret] makes cookies that nobody can make who does not know [secret]. *)
val create : string -> t

(** Addresses and ports of both sides, in whatever form. *)
type endpoints = string

(** [make t ~now endpoints syn] is the sequence number of the answer to [syn]. *)
val make : t -> now:float -> endpoints -> Tcp_wire.t -> int

(** [stamp ~clock syn] is the timestamp of the answer, at most 126 ms before [clock]:
    it holds what the peer's options said. *)
val stamp : clock:int -> Tcp_wire.t -> int

(** [check t ~now endpoints ack] is the SYN, as far as it matters, that was answered by
    the cookie that [ack] acknowledges; [None] if there was none in the last two
    minutes. *)
val check : t -> now:float -> endpoints -> Tcp_wire.t -> Tcp_wire.t option
