(* SPDX-License-Identifier: ISC *)

(** Where a machine says that virtio devices are which it has on no bus (Virtual I/O Device
    (VIRTIO) Version 1.2, section 4.2). *)

(** Where registers begin, how many octets they take, and the number of the interrupt line. *)
type t = { address : int; octets : int; line : int }

(** [of_settings words]: those that are [virtio_mmio.device=SIZE@ADDRESS:LINE[:ID]], as Linux
    takes them (drivers/virtio/virtio_mmio.c); [SIZE] may end in K, M or G. Those that are
    not so, as they are, are in the second list. *)
val of_settings : string list -> t list * string list

(** [of_bytecode aml]: ACPI's devices of the identity [LNRO0005], with their resources: fixed
    memory below 4 GiB and an extended interrupt (ACPI Specification 6.4, sections 6.4.3.4
    and 6.4.3.6). The bytecode is searched, not executed: such devices are listed as they
    are in the machines that have them. *)
val of_bytecode : string -> t list
