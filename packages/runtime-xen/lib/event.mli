(* SPDX-License-Identifier: ISC *)

(** Event channels (xen/event_channel.h). *)

type port = int

(** [alloc domain] is a new port for [domain] to bind to.
    @raise Failure if there are no more. *)
val alloc : int -> port

(** [listen port handler] has the main loop call [handler] whenever there was an event; it
    must look for its reason again each time.
    @raise Failure if there are too many. *)
val listen : port -> (unit -> unit) -> unit

(** Tells the other side. *)
val send : port -> unit

(** Ends the channel, and the listening. *)
val close : port -> unit
