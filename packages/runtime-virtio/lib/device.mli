(* SPDX-License-Identifier: ISC *)

(** What all drivers of virtio devices do (Virtual I/O Device (VIRTIO) Version 1.2, sections
    3.1 and 2). *)

open Mirage_runtime_virtio_queue

(** A device in use. *)
type t

type queue = private {
  ring : Virtqueue.t;
  memory : Mirage_runtime_kernel_core.Kernel.buffer;  (** of the ring, kept for it *)
  notification : Transport.notification;
}

(** [start transport ~features] resets the device and accepts those of [features] that it
    offers, by their numbers; the error is in words. *)
val start : Transport.t -> features:int list -> (t, string) result

(** Whether the feature was agreed on. *)
val has : t -> int -> bool

(** [add_queue t i ~most] sets up queue [i] with at most [most] descriptors. *)
val add_queue : t -> int -> most:int -> (queue, string) result

(** From now on the device works. *)
val ready : t -> unit

(** The device's own configuration at an offset. *)
val config8 : t -> int -> int

val config16 : t -> int -> int
val config32 : t -> int -> int

(** Shows the queue's new buffers to the device. *)
val push : queue -> unit

(** [listen t ~poll ~wants] has the main loop call [poll], and be woken by those queues that
    [wants] tells. *)
val listen : t -> poll:(unit -> bool) -> wants:(queue -> bool) -> unit

(** Resets the device: it leaves our memory alone from then on. *)
val stop : t -> unit

(** The machine's devices of a type (chapter 5). *)
val of_kind : int -> Transport.t list

(** [add_bus devices ~kind ~names ~advice connect] brings those of a type into [devices];
    [names index] is what they answer to, and [connect index transport] opens one. *)
val add_bus :
  'a Mirage_runtime_kernel_core.Devices.t ->
  kind:int ->
  names:(int -> string list) ->
  advice:string ->
  (int -> Transport.t -> ('a, string) result) ->
  unit
