(* SPDX-License-Identifier: ISC *)

(** Page-aligned memory. *)

(** Bytes in a page: 4096. *)
val size : int

(** [get n] is [n] contiguous pages, content undefined.
    @raise Invalid_argument if [n] is negative or absurdly large.
    @raise Out_of_memory if there are none. *)
val get : int -> Cstruct.buffer
