(* SPDX-License-Identifier: ISC *)

(** The [Range] of a request: RFC 9110, section 14. *)

type t =
  | Whole  (** no range, or one that is to be ignored *)
  | Parts of (int64 * int64) list  (** offset and length, neither empty *)
  | Unsatisfiable

(** [parse value ~size] is what [value] asks for of [size] octets. Ignored is what is
    malformed or of another unit, and what costs more than the whole: parts that
    together are longer, or more than 16 of them (section 14.2). *)
val parse : string -> size:int64 -> t
