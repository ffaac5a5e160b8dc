(* SPDX-License-Identifier: ISC *)

(** A folder that [mirage-crunch] made a part of the program, as a device. *)

module Make (_ : sig
  (** The memory that holds the image; see {!Crunch_image}. *)
  val image : unit -> Cstruct.buffer
end) : sig
  (** Keys are paths within the folder such as ["img/logo.png"]; slashes in front
      are ignored. Buffers are views of the program's own read-only memory, so
      nothing is copied, and writing to one ends the program.

      [read t key offset length] returns one buffer, or none when [offset] is at
      or after the end.
      @raise Invalid_argument (in the thread) if [offset] or [length] is negative. *)
  include V1_LWT.KV_RO with type id = unit

  (** The keys of all files, in the order of their octets. *)
  val file_list : string list
end
