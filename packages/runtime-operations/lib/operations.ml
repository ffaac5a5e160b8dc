(* SPDX-License-Identifier: ISC *)

let memory_budget =
  Argument.optional Argument.size
    ~doc:"what all peers together can make it hold, such as 64MiB" "memory-budget"

let start ~program ~now ~log_level =
  Argument.check program;
  Option.iter Memory_budget.set_limit (memory_budget ());
  Console_log.install ~now ~default:log_level
