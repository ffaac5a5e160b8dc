(* SPDX-License-Identifier: ISC *)

(** What was written and is not acknowledged yet: a queue of octets, copied into
    blocks that all connections share, so that a connection with nothing to send
    holds no memory. What never changes ({!Immutable_memory}) is not copied. *)

type t

(** [create account] charges its blocks to [account]. *)
val create : Memory_budget.account -> t

(** Octets in the queue. *)
val length : t -> int

(** Whether [append] would not copy [buf]. *)
val is_shared : Cstruct.t -> bool

(** [append t buf] adds all of [buf]. *)
val append : t -> Cstruct.t -> unit

(** [slices t ~off ~len] are [len] octets from [off] on, without copying. They
    stay valid until they are dropped.
    @raise Invalid_argument if there are fewer. *)
val slices : t -> off:int -> len:int -> Cstruct.t list

(** [drop t ~reuse n] removes the first [n] octets. Their memory serves again, if
    [reuse]; without, somebody may still be looking at it. *)
val drop : t -> reuse:bool -> int -> unit

(** Octets of memory that the queues of all connections take. *)
val memory_in_use : unit -> int
