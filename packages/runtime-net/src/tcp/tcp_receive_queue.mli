(* SPDX-License-Identifier: ISC *)

(** What was received in order and not read yet. *)

type t

val create : unit -> t

(** Octets in the queue. *)
val length : t -> int

(** [add t buf] appends [buf], which must no longer change. Small pieces behind
    others are joined, so that a peer that sends single octets does not make the
    queue hold the memory of as many frames. *)
val add : t -> Cstruct.t -> unit

(** [take t] removes the next piece. *)
val take : t -> Cstruct.t option
