(* SPDX-License-Identifier: ISC *)

(** Messages on the console, for what has no caller to tell. *)

(** Writes one line. *)
val line : string -> unit

(** The backtrace at hand, if it is that of [e]; empty if [e] was not raised ([Lwt.fail])
    or others were since. *)
val backtrace : exn -> string

(** [fatal context e backtrace] writes them. *)
val fatal : string -> exn -> string -> unit

(** [exn context e] writes [e] and its backtrace, if that is at hand. *)
val exn : string -> exn -> unit

(** [guard context callback] runs [callback] without waiting for its end, and
    writes what it fails with. *)
val guard : string -> (unit -> unit Lwt.t) -> unit
