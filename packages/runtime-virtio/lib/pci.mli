(* SPDX-License-Identifier: ISC *)

(** Devices on the PCI bus (PCI Local Bus Specification 3.0), as firmware or hypervisor have
    set them up. *)

type device

(** All there are, those behind bridges included, in the order of their addresses. *)
val all : unit -> device list

(** [pci 00:02.0] *)
val name : device -> string

val vendor : device -> int
val identity : device -> int
val subsystem : device -> int

(** What the device's configuration space holds at an offset. *)
val read8 : device -> int -> int

val read32 : device -> int -> int

(** Kind and offset of each capability, in the device's order. *)
val capabilities : device -> (int * int) list

(** [base device i] is where the memory of its [i]-th base address register begins; [None] if
    it has none, or nobody has given it an address. *)
val base : device -> int -> int option

(** Lets the device answer in its memory, and use ours; its interrupt line stays quiet. *)
val enable : device -> unit

(** Has the first of the device's messages (MSI-X) end the machine's sleep; [false] if it has
    none. *)
val use_messages : device -> bool
