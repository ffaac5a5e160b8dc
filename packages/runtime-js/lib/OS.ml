(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_js_host

let () =
  let octets = Host.peer_memory () in
  if octets > 0 then Memory_budget.set_limit octets

let () =
  Random_source.set (fun n -> Some (Cstruct.to_string (Host.random n)));
  Host.take_output stdout 1;
  Host.take_output stderr 2

module Status = struct
  let one_line = String.map (function '\n' | '\r' -> ' ' | c -> c)
  let report text = Host.report (one_line text)
end

module Time = struct
  type 'a io = 'a Lwt.t

  let sleep seconds =
    if seconds > 0. then begin
      let slept, wake = Lwt.task () in
      let timer = Host.set_timer seconds (fun () -> Lwt.wakeup_later wake ()) in
      Lwt.on_cancel slept (fun () -> Host.clear_timer timer);
      slept
    end
    else Lwt.pause () (* NaN too *)
end

module Main = struct
  type outcome =
    | Finished
    | Failed of exn * Printexc.raw_backtrace
    | Signalled of int

  let hooks = ref []
  let at_exit hook = hooks := hook :: !hooks

  let rec run_hooks () =
    match !hooks with
    | [] -> Lwt.return_unit
    | hook :: others ->
        hooks := others;
        Lwt.catch hook (fun _ -> Lwt.return_unit) >>= run_hooks

  let print_fatal e backtrace =
    Report.line
      (String.trim
         ("Fatal error: " ^ Printexc.to_string e ^ "\n"
         ^ Printexc.raw_backtrace_to_string backtrace))

  let () =
    Lwt.register_pause_notifier (fun _ -> Host.defer Lwt.wakeup_paused);
    Printexc.record_backtrace true;
    Printexc.set_uncaught_exception_handler print_fatal

  let code = function
    | Finished -> 0
    | Signalled number -> 128 + number
    | Failed (e, backtrace) ->
        print_fatal e backtrace;
        1

  let run main =
    let outcome, resolver = Lwt.wait () in
    let settle result =
      if Lwt.is_sleeping outcome then Lwt.wakeup_later resolver result
    in
    let fail e = settle (Failed (e, Printexc.get_raw_backtrace ())) in
    Lwt.on_any main (fun () -> settle Finished) fail;
    Lwt.async_exception_hook := fail;
    Lwt.on_success outcome (fun outcome ->
        let code = code outcome in
        Lwt.on_success (run_hooks ()) (fun () -> exit code));
    Host.suspend (fun number -> settle (Signalled number))
end
