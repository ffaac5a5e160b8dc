(* SPDX-License-Identifier: ISC *)

(** What is wrong with the folder or the disk, in words for a person. *)
exception Problem of string

let failf format = Printf.ksprintf (fun text -> raise (Problem text)) format

(** [on_path path f] names [path] in an error of the system. *)
let on_path path f =
  try f ()
  with Unix.Unix_error (error, _, _) ->
    failf "%s: %s" path (Unix.error_message error)
