(* SPDX-License-Identifier: ISC *)

(** The front end's side of a ring of requests and responses (xen/io/ring.h). *)

type t

(** The other side has produced more responses than there were requests. *)
exception Broken

(** [create page ~entry_size] initialises a page of zeros; entries are as large as
    the larger one of request and response. *)
val create : Cstruct.t -> entry_size:int -> t

(** Entries: a power of two. *)
val size : t -> int

(** How many requests can be added. *)
val free : t -> int

(** Where the next added request, and the response to it, lie: below {!size}. *)
val next_place : t -> int

(** The entry to fill in for one more request, which stays unseen until
    {!push_requests}. There must be a free one. *)
val add_request : t -> Cstruct.t

(** Shows the added requests to the other side; whether it wants an event. *)
val push_requests : t -> bool

(** [take_responses ~limit ~wake t handle] has [handle] look at each response, at
    most [limit] of them; whether there are more. If all were taken, and [wake] is
    left [true], there will be an event for the next one. [handle] must have read the
    entry before it adds a request.
    @raise Broken see there. *)
val take_responses : ?limit:int -> ?wake:bool -> t -> (Cstruct.t -> unit) -> bool
