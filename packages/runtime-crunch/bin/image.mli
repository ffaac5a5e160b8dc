(* SPDX-License-Identifier: ISC *)

(** [produce files write] passes the image of [files] (see {!Crunch_image}) to
    [write], piece by piece, so that memory does not depend on their size.
    @raise Problem.Problem if a file cannot be read or has changed its size. *)
val produce : Folder.file array -> (Bytes.t -> int -> unit) -> unit
