(* SPDX-License-Identifier: ISC *)

(** Event channels (xen/event_channel.h). *)

type port = int

(** [alloc domain] is a new port for [domain] to bind to.
    @raise Failure if there are no more. *)
val alloc : int -> port

(** [listen port handler] has {!dispatch} call [handler] whenever there was an
    event; it must look for its reason again each time. *)
val listen : port -> (unit -> unit) -> unit

(** Tells the other side. *)
val send : port -> unit

(** Ends the channel, and the listening. *)
val close : port -> unit

(** Calls the handlers of all ports with an event; whether there were any. *)
val dispatch : unit -> bool

(** [wait deadline] sleeps until there is an event for somebody, or the monotonic
    clock shows [deadline]; may return early. *)
val wait : int -> unit
