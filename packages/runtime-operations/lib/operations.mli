(* SPDX-License-Identifier: ISC *)

(** What every program does before its devices are connected. *)

(** [start ~program ~now ~log_level] checks the program's arguments ({!Argument.check}),
    among which are [--log-level] and [--memory-budget] ({!Memory_budget.set_limit}), and has
    what is said through Logs printed ({!Console_log.install}). [now] is the time in seconds
    since 1970. *)
val start : program:string -> now:(unit -> float) -> log_level:string -> unit
