(* SPDX-License-Identifier: ISC *)

(** [produce entries write] passes the image of [entries] (see {!Crunch_image}) to
    [write], piece by piece, so that memory does not depend on their size.
    @raise Problem.Problem if a file cannot be read or has changed its size. *)
val produce : Entry.t list -> (Bytes.t -> int -> unit) -> unit
