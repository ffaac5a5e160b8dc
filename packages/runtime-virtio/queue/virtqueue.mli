(* SPDX-License-Identifier: ISC *)

(** The driver's side of a split virtqueue (Virtual I/O Device (VIRTIO) Version 1.2,
    section 2.7), as pure computation on memory that the device shares. Nothing that the
    device writes there is trusted: what this module needs to remember, it keeps elsewhere. *)

type t

(** What the device has written makes no sense, in words. *)
exception Broken of string

(** {1 Setting up} *)

(** [octets size] is how much memory a queue of [size] descriptors takes; [size] is a power
    of two, at most 32768. *)
val octets : int -> int

(** [create memory ~address ~size ~event_index ~barrier]: [memory] holds {!octets} zeros,
    which for the device begin at [address], a multiple of 16. [event_index] is whether
    [VIRTIO_F_EVENT_IDX] was agreed on. [barrier] separates loads and stores before it from
    those after it. *)
val create :
  Cstruct.t ->
  address:int ->
  size:int ->
  event_index:bool ->
  barrier:(unit -> unit) ->
  t

(** Where the device finds the descriptor area, the driver area and the device area. *)
val descriptor_area : t -> int

val driver_area : t -> int
val device_area : t -> int

(** {1 Buffers} *)

(** A piece of memory that the device may read, or, if [writable], write. *)
type part = { address : int; length : int; writable : bool }

(** How many parts can be added. *)
val free : t -> int

(** [add t parts] is the number of a chain of buffers, which the device sees after the next
    {!publish}. Readable parts come first (section 2.7.4.2); there are at least one, and at
    most {!free} of them. *)
val add : t -> part list -> int

(** Shows the added chains to the device; whether it wants to be notified. *)
val publish : t -> bool

(** [take_used t ~limit handle] calls [handle ~chain ~length] for each chain that the device
    is done with, at most [limit] of them, [length] being the octets that it says to have
    written; the chain's parts are free again before that. Whether there are more.
    @raise Broken see there. *)
val take_used : t -> limit:int -> (chain:int -> length:int -> unit) -> bool

(** Asks for an interrupt at the next chain that the device is done with; whether there is
    one already. Without it, a device that heeds this makes none. *)
val ask : t -> bool
