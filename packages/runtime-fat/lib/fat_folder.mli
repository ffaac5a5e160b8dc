(* SPDX-License-Identifier: ISC *)

(** A folder in memory, with an index of its names. *)

type t

(** The folder with these contents.
    @param wide whether cluster numbers have more than 16 bits: FAT32 *)
val of_content : wide:bool -> Cstruct.t -> t

val content : t -> Cstruct.t

(** In the order of the disk. *)
val entries : t -> Fat_directory.entry list

(** The entry that a name stands for: by its long or its short name. *)
val find : t -> string -> Fat_directory.entry option

(** Where a new entry goes, and what to write there once its first cluster is known. It
    may lie beyond the end of the folder. *)
type addition = { offset : int; length : int; slots : cluster:int -> Cstruct.t }

(** A new entry of size 0, in a gap or behind all entries; or what is wrong with its
    name. *)
val add : t -> directory:bool -> string -> (addition, string) result

(** The folder got longer, to [length] octets, by zeros. *)
val lengthen : t -> int -> unit

(** [change t offset data] notes that [data] was written at [offset]. *)
val change : t -> int -> Cstruct.t -> unit
