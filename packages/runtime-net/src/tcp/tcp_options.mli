(* SPDX-License-Identifier: ISC *)

(** TCP options: maximum segment size (RFC 9293, section 3.2), window scale and
    timestamps (RFC 7323), selective acknowledgements (RFC 2018). Others are
    skipped. *)

type t = {
  mss : int option;
  window_scale : int option;  (** at most 14 *)
  timestamps : (int * int) option;  (** TSval and TSecr, 32 bits each *)
  sack_permitted : bool;
  sack : (int * int) list;
      (** blocks that arrived: the first sequence number, and that of what follows *)
}

val none : t

(** [parse buf] reads what stands between header and data. Options after a
    malformed one are ignored. *)
val parse : Cstruct.t -> t

(** Octets that [t] takes, a multiple of 4. *)
val length : t -> int

(** Octets that the timestamps alone take. *)
val timestamps_length : int

(** Octets that so many blocks take. *)
val sack_length : int -> int

(** How many blocks a header has room for. *)
val max_sack_blocks : timestamps:bool -> int

(** [write buf t] writes [length t] octets. *)
val write : Cstruct.t -> t -> unit
