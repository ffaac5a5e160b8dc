(* SPDX-License-Identifier: ISC *)

(** Things to be done at a time, each at most once in the queue: a binary heap
    whose entries can be moved. *)

type 'a t
type 'a entry

val create : unit -> 'a t

(** An entry that is in no queue yet. *)
val entry : 'a -> 'a entry

(** [set t e at] puts [e] into the queue, or moves it, to the time [at]. *)
val set : 'a t -> 'a entry -> float -> unit

(** [time e] is its time, [infinity] while it is in no queue. *)
val time : 'a entry -> float

(** [remove t e] takes [e] out, if it is in. *)
val remove : 'a t -> 'a entry -> unit

(** The earliest time, [infinity] if the queue is empty. *)
val next : 'a t -> float

(** [pop t ~now] takes out the earliest entry whose time is [now] or before. *)
val pop : 'a t -> now:float -> 'a option
