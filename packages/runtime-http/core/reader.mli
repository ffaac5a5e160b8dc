(* SPDX-License-Identifier: ISC *)

(** Buffered reading from a connection. All that waits can fail with
    {!Patience.Stopped}. *)

type t

val create : Transport.t -> Patience.t -> t

val patience : t -> Patience.t

(** [hand_over t ~to_own:true] lifts the limit on waiting for what is no head, until it
    is set again by [~to_own:false]. *)
val hand_over : t -> to_own:bool -> unit

(** Octets received and not consumed. *)
val buffered : t -> int

(** [some t ~max] is at least one octet and at most [max], as soon as there are
    any; [""] at the end. *)
val some : t -> max:int -> string Lwt.t

type 'a found =
  | Found of 'a
  | Too_long  (** its end is not among the first [limit] octets *)
  | Ended  (** the stream ends before *)

(** [line t ~limit] is the next line, with the LF that ends it. *)
val line : t -> limit:int -> string found Lwt.t

type head =
  | Head of string  (** the lines up to an empty one, including it *)
  | Long_target  (** the first line is too long to be looked at *)
  | Long_head
  | No_head  (** the stream ends before *)

(** [head t ~first ~max_target ~max_head] is the head of the next message. Empty
    lines before it are skipped (RFC 9112, section 2.2). Time runs for all of it
    at once: from now on if it is the [first] one, and otherwise from its first
    octet, with a limit of its own for that one. *)
val head : t -> first:bool -> max_target:int -> max_head:int -> head Lwt.t

(** [discard t ~max] takes what the peer sends, up to its end or [max] octets, and
    throws it away; [true] if the end came. *)
val discard : t -> max:int -> bool Lwt.t
