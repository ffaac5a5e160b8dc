(* SPDX-License-Identifier: ISC *)

(** Messages on standard error, for what has no caller to tell. *)

(** Writes one line; a closed standard error is not a failure. *)
val line : string -> unit

(** [exn context e] writes [e] and the backtrace at hand. *)
val exn : string -> exn -> unit

(** [guard context callback] runs [callback] without waiting for its end, and
    writes what it fails with. *)
val guard : string -> (unit -> unit Lwt.t) -> unit
