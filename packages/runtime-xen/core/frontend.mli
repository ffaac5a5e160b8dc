(* SPDX-License-Identifier: ISC *)

(** Our side of a device that another domain provides: the handshake in xenstore
    (xen/io/xenbus.h) that all kinds have in common. *)

type t
type state = Unknown | Initialising | Init_wait | Initialised | Connected | Closing | Closed

(** [indices kind] is the numbers of our devices of that kind ([vif], [vbd]), in
    ascending order. *)
val indices : string -> int list Lwt.t

(** [device kind index] is the device's path in xenstore. *)
val device : string -> int -> string

(** [open_device path] waits until the other domain says what it offers; the error
    is in words. *)
val open_device : string -> (t, string) result Lwt.t

(** The domain that provides it. *)
val domain : t -> int

(** An entry of ours, or of the other side's. *)
val read : t -> string -> string option Lwt.t

val read_backend : t -> string -> string option Lwt.t

(** Whether the other side has set the entry to 1. *)
val backend_has : t -> string -> bool Lwt.t

val write : t -> string -> string -> unit Lwt.t
val write_int : t -> string -> int -> unit Lwt.t
val set_state : t -> state -> unit Lwt.t

(** [wait_for t state] waits for the other side to reach it; the error is in words. *)
val wait_for : t -> state -> (unit, string) result Lwt.t

(** Returns when the other side ends the device. *)
val gone : t -> unit Lwt.t

(** Ends our use, waiting for the other side to let go of what was shared. *)
val close : t -> unit Lwt.t
