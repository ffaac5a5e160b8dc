(* SPDX-License-Identifier: ISC *)

(** Receive memory without a bigarray for each frame: frames are copied one behind
    the other into slabs of 64 KiB, or as long as one longer frame. A slab is left to the garbage collector when it
    is full, so a piece belongs to its receiver; it keeps its slab alive. *)

type t

val create : unit -> t

(** [take t length] is a piece of memory with arbitrary content. *)
val take : t -> int -> Cstruct.t
