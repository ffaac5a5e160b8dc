(* SPDX-License-Identifier: ISC *)

(** What was sent and is not acknowledged, in runs that were sent together, with what
    is known of each: when it was sent, and whether it arrived (RFC 2018) or is taken
    for lost. Runs are in the order of their sequence numbers, without gaps. *)

type mark =
  | Sent  (** under way *)
  | Lost  (** to be sent again *)
  | Sacked  (** arrived, out of order *)

(** What had arrived when a run was sent, for the rate of delivery
    (draft-cheng-iccrg-delivery-rate-estimation-00). *)
type history = {
  delivered : int;  (** octets in all *)
  delivered_at : float;
  first_sent : float;  (** when the run was sent that had arrived last *)
  limited : bool;  (** the application had no more to send *)
}

type run = private {
  mutable first : int;  (** sequence number *)
  mutable last : int;  (** of what follows *)
  mutable mark : mark;
  mutable again : bool;  (** sent more than once *)
  mutable sent : float;  (** the last time *)
  mutable history : history;
  mutable before : run;
  mutable after : run;
}

type t

val create : unit -> t
val is_empty : t -> bool

(** Octets that are marked so, FIN included. *)
val in_flight : t -> int

val lost : t -> int
val sacked : t -> int

(** [add t ~now ~again ~history first last] appends what was just sent; [again] if part of it
    was sent before. *)
val add : t -> now:float -> again:bool -> history:history -> int -> int -> unit

(** [acknowledge t ack f] removes all before [ack], and is the number of octets that
    were not known to have arrived. [f] is called for each run of these. *)
val acknowledge : t -> int -> (run -> unit) -> int

(** [sack t first last f] marks what is between, and is the number of octets that were
    not known to have arrived; [f] is called for each run of these before. *)
val sack : t -> int -> int -> (run -> unit) -> int

(** [forget_sacks t]: the receiver has dropped what it said it had. *)
val forget_sacks : t -> unit

(** [lose t most] takes up to [most] octets from the first that are under way for
    lost. *)
val lose_first : t -> int -> unit

(** [lose_if t f] takes the runs under way for lost for which [f] holds. *)
val lose_if : t -> (run -> bool) -> unit

(** [find_again t] takes nothing for lost any more. *)
val find_again : t -> unit

(** The first run that is lost, together with those that follow it directly. *)
val next_lost : t -> run option

(** The last run under way. *)
val last_in_flight : t -> run option

(** The first run. *)
val first : t -> run option

(** [repeat t run ~now ~history length] notes that the first [length] octets of [run] were
    sent again. *)
val repeat : t -> run -> now:float -> history:history -> int -> unit

(** [tail t run length] is the part of [run] that is its last [length] octets. *)
val tail : t -> run -> int -> run

(** Forgets everything. *)
val clear : t -> unit
