(* SPDX-License-Identifier: ISC *)

(** What the main loop looks at before it sleeps: where devices say that they have
    something. *)

(** [add poll] has [poll] called each time round; it handles what there is, and returns
    whether there was anything. What it waits for must end {!Kernel.wait}. *)
val add : (unit -> bool) -> unit

(** Calls them all; whether there was anything. *)
val poll_all : unit -> bool
