(* SPDX-License-Identifier: ISC *)

(** [of_path path] is the content type that the end of [path] stands for, with
    [charset=utf-8] for text; [application/octet-stream] if it is unknown. *)
val of_path : string -> string
