(* SPDX-License-Identifier: ISC *)

(** Reading and writing files at an offset, in Lwt's thread pool. *)

(** [preadv fd buffers offset] fills [buffers] from the file, starting at byte
    [offset], and is the number of bytes read: fewer than asked for when the file
    ends before. The descriptor must stay open until then. Fails with
    [Unix.Unix_error]. *)
val preadv : Unix.file_descr -> Cstruct.t list -> int -> int Lwt.t

(** [pwritev fd buffers offset] writes [buffers], likewise. *)
val pwritev : Unix.file_descr -> Cstruct.t list -> int -> int Lwt.t

(** [try_lock fd ~exclusive] locks the file against other programs that do so, until
    [fd] and its duplicates are closed (flock(2)): for one writer, or any number of
    readers. [false] if another has it; a file system without locks refuses nobody. *)
val try_lock : Unix.file_descr -> exclusive:bool -> bool
