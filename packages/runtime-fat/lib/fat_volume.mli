(* SPDX-License-Identifier: ISC *)

(** A FAT file system on a device. Operations must not run at the same time. Each
    writes in an order that leaves the file system usable if it is interrupted: at
    worst, clusters stay reserved that belong to no file. *)

type 'e t

val mount : 'e Fat_device.t -> ('e t, 'e) Fat_device.outcome

(** [format device size] lays out an empty file system. *)
val format : 'e Fat_device.t -> int -> (unit, 'e) Fat_device.outcome

type stat = { filename : string; read_only : bool; directory : bool; size : int }

val stat : 'e t -> string -> (stat, 'e) Fat_device.outcome
val listdir : 'e t -> string -> (string list, 'e) Fat_device.outcome
val create : 'e t -> string -> (unit, 'e) Fat_device.outcome
val mkdir : 'e t -> string -> (unit, 'e) Fat_device.outcome
val destroy : 'e t -> string -> (unit, 'e) Fat_device.outcome

(** [read t path offset length]; neither may be negative. *)
val read : 'e t -> string -> int -> int -> (Cstruct.t list, 'e) Fat_device.outcome

val write : 'e t -> string -> int -> Cstruct.t -> (unit, 'e) Fat_device.outcome
