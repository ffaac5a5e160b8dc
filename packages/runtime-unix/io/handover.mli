(* SPDX-License-Identifier: ISC *)

(** What the parent process hands over in environment variables of the form
    [NAME=VALUE,NAME=VALUE]. *)

type found =
  | Found of string
  | Others of string list  (** the names that are there instead *)
  | Absent  (** the variable is not set, or empty *)

(** [find variable name] is what [variable] has for [name]. *)
val find : string -> string -> found

(** An open file. *)
type file = { descriptor : Unix.file_descr; read_write : bool }

(** [file path] is a descriptor, the caller's to close, of the file that the parent
    process opened as [path] and handed over in [MIRAGE_FILES], which has a line for each:
    [NUMBER ro PATH] or [NUMBER rw PATH].
    @raise Unix.Unix_error if it is not open. *)
val file : string -> file option
