(* SPDX-License-Identifier: ISC *)

(** A block device that another domain, usually dom0, provides (xen/io/blkif.h).

    [connect "xvdb"] is the disk that the domain's configuration calls so, as is one
    by its number; any other NAME is the next disk in the order of the calls.
    [MIRAGE_BLOCKS=NAME=xvdb,…] on the kernel's command line overrides this.
    Connecting twice is the same device.

    Up to 16 requests are under way at a time, each of up to 128 KiB where the other
    side takes as much, else 44 KiB; all data is copied, so buffers may lie
    anywhere. {!disconnect} flushes and waits for what is under way. *)

include
  V1_LWT.BLOCK
    with type id = string
     and type error =
      [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]

(** [flush t] returns when what was written before is on the disk, as far as the
    other side can tell. *)
val flush : t -> [ `Ok of unit | `Error of error ] Lwt.t
