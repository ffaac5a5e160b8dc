(* SPDX-License-Identifier: ISC *)

(** Receive memory without a bigarray for each frame: frames are copied one behind
    the other into slabs of 64 KiB. A slab is left to the garbage collector when it
    is full, so a piece belongs to whoever gets it; it keeps its slab alive. *)

type t

val create : unit -> t

(** [copy t source offset length] is a copy of that part of [source], at most 64 KiB. *)
val copy : t -> Cstruct.t -> int -> int -> Cstruct.t
