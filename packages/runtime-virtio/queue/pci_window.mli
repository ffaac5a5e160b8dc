(* SPDX-License-Identifier: ISC *)

(** The memory in which a PCI host has room for its devices. *)

type t

(** [of_bytecode aml] is the first range of memory in 32-bit address space descriptors (ACPI
    Specification 6.4, section 6.4.3.5.2), which in machines without firmware is that of their only
    PCI host; or an empty one. The bytecode is searched, not executed. *)
val of_bytecode : string -> t

(** [take t size] is a place for a device of [size] octets, a power of two, at a multiple of that,
    and what is left; [None] if there is no room. *)
val take : t -> int -> (int * t) option
