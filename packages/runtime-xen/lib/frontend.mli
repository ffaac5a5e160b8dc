(* SPDX-License-Identifier: ISC *)

(** Our side of a device that another domain provides: the handshake in xenstore
    (xen/io/xenbus.h) that all kinds have in common. *)

type t
type state = Unknown | Initialising | Init_wait | Initialised | Connected | Closing | Closed

(** A device of ours, as {!add_bus} has found it. *)
type device

(** [add_bus devices ~kind ~answers_to ~advice connect] brings our devices of a [kind]
    ([vif], [vbd]) into [devices]; [answers_to index] is as in {!Devices.device}. *)
val add_bus :
  'a Mirage_runtime_kernel_core.Devices.t ->
  kind:string ->
  answers_to:(int -> string -> bool) ->
  advice:string ->
  (device -> ('a, string) result Lwt.t) ->
  unit

(** [open_device device] waits until the other domain says what it offers; the error
    is in words. *)
val open_device : device -> (t, string) result Lwt.t

(** The domain that provides it, and the number of the device among those of its kind. *)
val domain : t -> int

val index : t -> int

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
