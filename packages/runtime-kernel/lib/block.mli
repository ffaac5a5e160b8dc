(* SPDX-License-Identifier: ISC *)

(** A disk of the machine.

    A name that the machine's owner has for a disk means that one ([xvdb] on Xen, or its
    number; on other machines the number in the machine's order); any other NAME is the next
    disk in the order of the calls. [MIRAGE_BLOCKS=NAME=DISK,…] on the kernel's command line
    overrides this. Connecting twice is the same device. A disk of [mirage image] means a name
    only if it is named: it is the one that the machine was started from.

    Several requests are under way at a time; all data is copied, so buffers may lie
    anywhere. {!disconnect} flushes and waits for what is under way. When the machine takes the
    disk away, that is on the console and everything fails with [`Disconnected]; {!connect}
    then opens the next one that the name means. *)

include
  V1_LWT.BLOCK
    with type id = string
     and type error =
      [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]

(** [flush t] returns when what was written before is on the disk, as far as the
    device can tell. *)
val flush : t -> [ `Ok of unit | `Error of error ] Lwt.t

(** [discard t sector n] tells the device that nobody needs what is in [n] sectors from
    [sector] on; reading them gives anything until they are written.
    [`Unimplemented] if the device has no use for that. *)
val discard : t -> int64 -> int64 -> [ `Ok of unit | `Error of error ] Lwt.t
