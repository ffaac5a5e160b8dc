(* SPDX-License-Identifier: ISC *)

(** The syntax that camlp4's extension for Lwt added to OCaml, in OCaml: [lwt … in],
    [>>], [match_lwt], [try_lwt] with [with] and [finally], [for_lwt], [while_lwt],
    [raise_lwt]. Lines stay where they are. *)

(** [of_source ~file source] refers to {!Mirage_lwt_syntax}; it is [source] itself
    where nothing has to be translated. [file] is what messages of the compiler
    shall name. *)
val of_source : file:string -> string -> string
