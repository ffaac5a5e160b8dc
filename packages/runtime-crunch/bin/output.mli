(* SPDX-License-Identifier: ISC *)

(** [write path produce] makes the file [path] hold what [produce] passes to its
    argument, piece by piece: the first [n] octets of a buffer. A file that
    holds it already is not touched; another is replaced at once, so that none
    is ever half-written. [produce] is called up to twice and must pass the same
    both times.
    @raise Problem.Problem if that is not possible. *)
val write : string -> ((Bytes.t -> int -> unit) -> unit) -> unit

(** [make_folder path] creates [path] and what is missing above it.
    @raise Problem.Problem also for a relative path that leads through a link. *)
val make_folder : string -> unit
