(* SPDX-License-Identifier: ISC *)

(** The virtio devices of which the command line tells, or ACPI, or a device tree; the error,
    for one that cannot be used, is in words. *)
val all : unit -> (Transport.t, string) result list
