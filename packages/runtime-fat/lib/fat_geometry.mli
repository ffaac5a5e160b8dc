(* SPDX-License-Identifier: ISC *)

(** Where things lie in a FAT file system: its boot sector, as in Microsoft's "FAT
    File System Specification" 1.03. All offsets and lengths are in octets. *)

type kind = Fat12 | Fat16 | Fat32

type root =
  | Fixed of { offset : int; length : int }  (** FAT12 and FAT16 *)
  | Chain of int  (** FAT32: the first cluster *)

type t = {
  kind : kind;
  cluster : int;  (** length of a cluster *)
  clusters : int;  (** how many there are; they are numbered from 2 *)
  data : int;  (** where cluster 2 starts *)
  table_length : int;
  tables : int list;  (** the copies to write; the first is the one to read *)
  root : root;
  summary : int option;  (** FAT32: where the FSInfo sector starts *)
}

(** [divide_up n d] is [n / d], rounded up, for [n] from 0 on. *)
val divide_up : int -> int -> int

(** How many octets of the start of the device {!of_boot_sector} needs. *)
val boot_length : int

(** [of_boot_sector ~size boot] reads the start of a device of [size] octets, or
    says why it holds no FAT file system. *)
val of_boot_sector : size:int -> Cstruct.t -> (t, string) result

(** Where a cluster starts. The cluster must exist. *)
val offset_of_cluster : t -> int -> int

val is_cluster : t -> int -> bool

(** {1 Formatting} *)

type layout = {
  geometry : t;
  reserved : (int * Cstruct.t) list;
      (** what to write before the tables, by offset, the boot sector last *)
  clean : (int * int) list;  (** offset and length of what must be zeros *)
  table_start : Cstruct.t;  (** with what each table starts *)
}

(** [layout ~size ~sector] plans an empty file system of [size] octets on a device
    with sectors of [sector] octets, or says why there can be none. *)
val layout : size:int -> sector:int -> (layout, string) result
