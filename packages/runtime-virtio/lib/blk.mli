(* SPDX-License-Identifier: ISC *)

(** Disks (Virtual I/O Device (VIRTIO) Version 1.2, section 5.2). They bring themselves into
    {!Block_device.all}; [vda] and so on are their names, or their numbers.

    Up to 16 requests are under way at a time, each of up to 128 KiB. *)
