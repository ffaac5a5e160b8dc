(* SPDX-License-Identifier: ISC *)

(** A block device over a file, or over one of the host's block devices.

    The [id] is its path. Sectors have 512 bytes; a file that is empty or no whole
    number of them is refused. A file that may not be written is connected
    read-only. {!connect} locks the file (flock(2)), whatever its path: several
    programs may only read it, or one write. Reads and
    writes happen in Lwt's thread pool, through the host's page cache.
    {!disconnect} waits for those under way. *)

include
  V1_LWT.BLOCK
    with type id = string
     and type error =
      [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]

(** [flush t] returns when what was written before is on the host's disk. *)
val flush : t -> [ `Ok of unit | `Error of error ] Lwt.t
