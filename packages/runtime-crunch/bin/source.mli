(* SPDX-License-Identifier: ISC *)

(** The text of the files that make an image the module [Filesystem_NAME]. *)

val implementation : name:string -> string
val interface : name:string -> string

(** C that puts [filesystem_NAME.bin], which the assembler must find, into a
    read-only section, and gives OCaml a view of it. *)
val stubs : name:string -> string

(** JavaScript for js_of_ocaml, which asks [globalThis.mirageImage] for the image. *)
val javascript : name:string -> string
