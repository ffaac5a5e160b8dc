(* SPDX-License-Identifier: ISC *)

(** What is said through the library Logs, as lines on standard error, which on a kernel is
    the console: time (RFC 3339, in UTC, to the millisecond), level, source and text.

    {v 2026-03-01T12:00:00.250Z warning shop: 2 things are missing v}

    Further lines of a text are indented by two blanks, so that each line that begins with a
    digit is the start of a message. *)

(** What is let through: of all sources, and of single ones. *)
type levels = { usual : Logs.level option; sources : (string * Logs.level option) list }

(** [info], or [warning,tcp:debug,http:quiet]: the usual level may be left out. The levels
    are [quiet], [app], [error], [warning], [info] and [debug]. *)
val levels : levels Argument.kind

(** [set levels] does that for all sources that there are, and for those that are created
    later when it is called again. *)
val set : levels -> unit

(** [change text] does what {!levels} reads, and leaves all else as it is. The error is a
    sentence: also for a source that there is not. *)
val change : string -> (unit, string) result

(** [line ~now level source text] is the line, without its end; [now] in seconds since
    1970. *)
val line : now:float -> Logs.level -> string -> string -> string

(** [install ~now ~default] prints what is said from here on; [--log-level] says what of it,
    or else [default], a text as {!levels} reads it. *)
val install : now:(unit -> float) -> default:string -> unit
