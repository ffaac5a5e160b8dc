(* SPDX-License-Identifier: ISC *)

(** What the main loop looks at before it sleeps: where devices say that they have
    something. *)

(** [add ~arm poll] has [poll] called each time round; it handles what there is, and returns
    whether there was anything. [arm] is called when nobody has anything to do: what comes
    from now on must end {!Kernel.wait}, and [true] means that something has come already.
    Without it, that is so all the time. *)
val add : ?arm:(unit -> bool) -> (unit -> bool) -> unit

(** {2 For the main loop} *)

(** Calls all [poll]; whether there was anything. *)
val poll_all : unit -> bool

(** Calls all [arm]; whether something has come. *)
val arm_all : unit -> bool
