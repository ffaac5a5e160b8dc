(* SPDX-License-Identifier: ISC *)

(** Receive memory without a bigarray for each packet. What arrives is packed
    one behind the other into a slab of 256 KiB; a slab is left to the garbage
    collector when it is full, never reused while somebody can see it. So a
    piece belongs to whoever gets it, for as long as they like; it keeps its
    whole slab alive. *)

type t

val create : unit -> t

(** [reserve t length] makes room for a piece of [length] bytes, at most 256 KiB:
    it is then at {!offset} of {!memory}. *)
val reserve : t -> int -> unit

val memory : t -> Cstruct.buffer
val offset : t -> int

(** [take t length] is the piece of [length] bytes at {!offset}, which must not
    exceed what was reserved. *)
val take : t -> int -> Cstruct.t
