(* SPDX-License-Identifier: ISC *)

(** Network interfaces (Virtual I/O Device (VIRTIO) Version 1.2, section 5.1). They bring
    themselves into {!Net_device.all}; their numbers, or [eth0] and so on, are their names. *)
