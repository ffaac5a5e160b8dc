(* SPDX-License-Identifier: ISC *)

(** Files in another content coding, made by the programs that the system has for it. *)

type coding = Gzip | Brotli

(** By the name of the content coding: [gzip], [br]. *)
val of_name : string -> coding option

val name : coding -> string

(** [compress coding ~cache ~digest path] is the path and the size of the compressed
    form of the file [path], which has the given digest. It is in the folder [cache],
    and made only if it is not there yet.
    @raise Problem.Problem if the program is missing or fails. *)
val compress :
  coding -> cache:string -> digest:string -> string -> string * int

(** [keep ~cache paths] removes all from [cache] but [paths], and the folder if nothing
    is left. *)
val keep : cache:string -> string list -> unit
