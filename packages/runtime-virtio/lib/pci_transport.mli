(* SPDX-License-Identifier: ISC *)

(** The virtio devices on the PCI bus; the error, for one that cannot be used, is in words. *)
val all : unit -> (Transport.t, string) result list
