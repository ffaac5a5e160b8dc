(* SPDX-License-Identifier: ISC *)

(** How a driver reaches a device's registers, whichever bus that is on (Virtual I/O Device
    (VIRTIO) Version 1.2, chapter 4). *)

(** The device is notified of a queue by writing the queue's number to a place, in 32 bits
    if [wide], else in 16. *)
type notification = { place : int; queue : int; wide : bool }

type t = {
  name : string;  (** [pci 00:02.0], [mmio feb00e00] *)
  kind : int;  (** the device's type: chapter 5 *)
  get_status : unit -> int;
  set_status : int -> unit;
  get_features : int -> int;  (** the 32 features of that group *)
  set_features : int -> int -> unit;
  queue_size : int -> int;  (** the most that the queue takes; 0 if there is none *)
  set_queue :
    int ->
    size:int ->
    descriptors:int ->
    driver:int ->
    device:int ->
    (notification, string) result;
      (** Where its three areas are, and how the device hears of them. *)
  config : int;  (** the address of the device's own configuration *)
  acknowledge : unit -> unit;
      (** Interrupts were heard; the next one is a new one. Called before looking. *)
  interrupts : bool;  (** Whether it makes any that are heard. *)
}
