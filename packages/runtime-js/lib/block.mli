(* SPDX-License-Identifier: ISC *)

(** A block device over what the host has under a name: memory that was passed to [start], or in
    Node.js a file.

    The [id] is its path. Sectors have 512 bytes; a file that is empty or no whole number of them
    is refused. A file that may not be written is connected read-only. Nothing keeps another
    program from writing to the same file. {!disconnect} waits for what is under way. *)

include
  V1_LWT.BLOCK
    with type id = string
     and type error =
      [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]

(** [flush t] returns when what was written before is on the host's disk. *)
val flush : t -> [ `Ok of unit | `Error of error ] Lwt.t
