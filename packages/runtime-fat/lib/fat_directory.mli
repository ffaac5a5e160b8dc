(* SPDX-License-Identifier: ISC *)

(** The contents of a folder: slots of 32 octets, one or more of which make the entry
    of a file. All offsets are those within the folder. *)

val slot_length : int

(** The largest folder, in octets. *)
val longest : int

type entry = {
  name : string;  (** UTF-8 *)
  short : Fat_name.short;
  directory : bool;
  read_only : bool;
  cluster : int;  (** the first one, 0 if there is none *)
  size : int;
  at : int;  (** the slot that holds all but the long name *)
  whole : int * int;  (** offset and length of all slots *)
}

(** The files and folders in a folder, without [.], [..] and the disk's label.
    @param wide whether cluster numbers have more than 16 bits: FAT32 *)
val entries : wide:bool -> Cstruct.t -> entry list

(** [end_of_entries content at] is where the entries end, at [at] or behind it: at the
    mark, or with the folder. *)
val end_of_entries : Cstruct.t -> int -> int

(** [next_gap content ~stop at] is the first slot that an entry has left, or [stop]. *)
val next_gap : Cstruct.t -> stop:int -> int -> int

(** [place content ~stop ~from length] is where [length] octets of slots have room:
    in a gap not before [from], or at the end. It may lie beyond the end of the folder. *)
val place : Cstruct.t -> stop:int -> from:int -> int -> int

(** A new entry: how long it is, and what to write once its first cluster is known. *)
type addition = { length : int; slots : cluster:int -> Cstruct.t }

(** [add ~directory short units] is an entry of size 0; [units] are those of its long
    name, none if the short one says it all. *)
val add : directory:bool -> Fat_name.short -> int list -> addition

(** Octets to write, and the offset where. *)
val remove : Cstruct.t -> entry -> int * Cstruct.t

(** The entry with another first cluster and size. *)
val relocate : Cstruct.t -> entry -> cluster:int -> size:int -> int * Cstruct.t

(** With what the folder in [cluster] starts: [.] and [..].
    @param parent first cluster of the folder above, 0 if that is the root *)
val dots : cluster:int -> parent:int -> Cstruct.t
