(* SPDX-License-Identifier: ISC *)

(** The console of a machine without a serial port (Virtual I/O Device (VIRTIO) Version 1.2,
    section 5.3), or of one whose command line says [console=hvc0]: all output also goes
    there from when the program begins, and input comes from there. *)

(** The device's type. *)
val kind : int

(** Whether this machine's console is the first such device. *)
val is_wanted : unit -> bool
