(* SPDX-License-Identifier: ISC *)

(** What every program does before its devices are connected. *)

(** [start ?memory_budget ~program ~now ~log_level ()] checks the program's arguments
    ({!Argument.check}), among which are [--log-level] and [--memory-budget], has what is
    said through Logs printed ({!Console_log.install}), declares the metrics of every program
    ({!Program_metrics}), and has who operates it answered ({!Control}). [now] is the time in
    seconds since 1970. [memory_budget], in octets, is what {!Memory_budget.set_limit} gets
    where [--memory-budget] isn't given; without both, the limit stays what suits the
    machine. *)
val start :
  ?memory_budget:int -> program:string -> now:(unit -> float) -> log_level:string -> unit -> unit
