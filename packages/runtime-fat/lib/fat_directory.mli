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

(** The entry that a name stands for: by its long or its short name. *)
val find : string -> entry list -> entry option

(** A new entry: where it goes, how long it is, and what to write there once its first
    cluster is known. It may lie beyond the end of the folder. *)
type addition = {
  offset : int;
  length : int;
  slots : cluster:int -> Cstruct.t;
}

(** [add content ~others ~directory name] is an entry of size 0, in a gap of [content]
    or behind all entries; or what is wrong with the name.
    @param others the entries of the folder *)
val add :
  Cstruct.t ->
  others:entry list ->
  directory:bool ->
  string ->
  (addition, string) result

(** Octets to write, and the offset where. *)
val remove : Cstruct.t -> entry -> int * Cstruct.t

(** The entry with another first cluster and size. *)
val relocate : Cstruct.t -> entry -> cluster:int -> size:int -> int * Cstruct.t

(** With what the folder in [cluster] starts: [.] and [..].
    @param parent first cluster of the folder above, 0 if that is the root *)
val dots : cluster:int -> parent:int -> Cstruct.t
