(* SPDX-License-Identifier: ISC *)

(** What the parent process hands over in environment variables of the form
    [NAME=VALUE,NAME=VALUE]. *)

type found =
  | Found of string
  | Others of string list  (** the names that are there instead *)
  | Absent  (** the variable is not set, or empty *)

(** [find variable name] is what [variable] has for [name]. *)
val find : string -> string -> found
