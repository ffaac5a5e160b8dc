(* SPDX-License-Identifier: ISC *)

(** What was received out of order. Positions are sequence numbers, all of one
    window. *)

type t

(** [create ~max_pieces] keeps at most so many pieces. *)
val create : max_pieces:int -> t

val is_empty : t -> bool

(** [insert t ~at data] keeps what of [data] is not there already; data that came
    first stays. When there are too many pieces, [data] is dropped. *)
val insert : t -> at:int -> Cstruct.t list -> unit

(** [take t ~at] removes the data that continues at [at], if there is any. What
    lies before [at] is removed as well. *)
val take : t -> at:int -> Cstruct.t option
