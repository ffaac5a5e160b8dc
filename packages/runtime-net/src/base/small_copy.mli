(* SPDX-License-Identifier: ISC *)

(** Received frames share large blocks of memory, so that one octet that is kept
    may keep hundreds of kilobytes. *)

(** [of_frame buf] is [buf], or a copy if [buf] is small; copies are packed into
    blocks of 16 KiB. *)
val of_frame : Cstruct.t -> Cstruct.t

(** Whether [of_frame] copies. *)
val is_small : Cstruct.t -> bool
