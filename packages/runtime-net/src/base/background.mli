(* SPDX-License-Identifier: ISC *)

(** Work that nobody waits for. *)

(** [run what work] starts [work]. What it fails with is written to standard
    error, after [what], and is no failure of the program. *)
val run : string -> (unit -> unit Lwt.t) -> unit
