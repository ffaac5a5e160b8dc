(* SPDX-License-Identifier: ISC *)

(** The front end of a [vbd], a disk that another domain, usually dom0, provides
    (xen/io/blkif.h). It brings itself into {!Block_device.all}; [xvdb] and so on are its
    names, or its number.

    Up to 16 requests are under way at a time, each of up to 128 KiB where the other side
    takes as much, else 44 KiB. *)
