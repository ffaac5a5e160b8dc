(* SPDX-License-Identifier: ISC *)

(** The machine's sources of randomness (Virtual I/O Device (VIRTIO) Version 1.2, section
    5.4), for [Entropy]: 64 octets when the program begins, and again every five minutes. *)
