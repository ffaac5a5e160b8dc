(* SPDX-License-Identifier: ISC *)

(** What was received out of order. Positions are sequence numbers, all of one
    window. *)

type t

(** [create account ~max_pieces] keeps at most so many pieces, and charges them to
    [account]. *)
val create : Memory_budget.account -> max_pieces:int -> t

val is_empty : t -> bool

(** [insert t ~at data] keeps what of [data] is not there already; data that came
    first stays. When there are too many pieces, [data] is dropped. *)
val insert : t -> at:int -> Cstruct.t list -> unit

(** Large pieces are received memory itself, small ones are copies. *)
type piece = Kept of Cstruct.t | Copied of string

(** [take t ~at] removes the data that continues at [at], if there is any. What
    lies before [at] is removed as well. *)
val take : t -> at:int -> piece option

(** [ranges t] is what there is, as the first sequence number and that of what follows,
    the latest change first (RFC 2018, section 4). *)
val ranges : t -> (int * int) list

(** [clear t] removes all. *)
val clear : t -> unit
