(* SPDX-License-Identifier: ISC *)

(** What was received in order and not read yet. *)

type t

(** [create account] charges to [account] what it holds. *)
val create : Memory_budget.account -> t

(** Octets in the queue. *)
val length : t -> int

(** [add t ~wanted buf] appends [buf], which must no longer change. It is copied if it
    is a small part of a large memory, which it would keep, unless it is the first and
    [wanted]: then somebody takes it at once. *)
val add : t -> wanted:bool -> Cstruct.t -> unit

(** [add_string t data] appends a copy of [data]. *)
val add_string : t -> string -> unit

(** [take t] removes the next piece. *)
val take : t -> Cstruct.t option

(** [clear t] removes all. *)
val clear : t -> unit
