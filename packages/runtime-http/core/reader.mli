(* SPDX-License-Identifier: ISC *)

(** Buffered reading from a connection. *)

type t

val create : Transport.t -> t

(** Whether the peer's end of the stream was reached. *)
val has_ended : t -> bool

(** Octets received and not consumed. *)
val buffered : t -> int

(** [some t ~max] is at least one octet and at most [max], as soon as there are
    any; [""] at the end. *)
val some : t -> max:int -> string Lwt.t

type 'a found =
  | Found of 'a
  | Too_long  (** its end is not among the first [limit] octets *)
  | Ended  (** the stream ends before *)

(** [line t ~limit] is the next line, without its end, LF or CR LF. *)
val line : t -> limit:int -> string found Lwt.t

(** [head t ~limit] is the next message's lines up to an empty one, including it.
    Empty lines before are skipped. *)
val head : t -> limit:int -> string found Lwt.t
