(* SPDX-License-Identifier: ISC *)

let memory_budget =
  Argument.optional Argument.size
    ~doc:"what all peers together can make it hold, such as 64MiB" "memory-budget"

let start ?memory_budget:default ~program ~now ~log_level () =
  Argument.check program;
  let octets = match memory_budget () with None -> default | told -> told in
  Option.iter Memory_budget.set_limit octets;
  Console_log.install ~now ~default:log_level;
  Program_metrics.install ~now;
  Control.install ~now
