(* SPDX-License-Identifier: ISC *)

(** The console (Virtual I/O Device (VIRTIO) Version 1.2, section 5.3) on which whoever runs
    the machine asks the program: the one that [control=hvcN] on the command line names,
    counted from 0. See {!Control_channel}. *)
