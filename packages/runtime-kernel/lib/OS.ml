(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core

module Time = struct
  type 'a io = 'a Lwt.t

  (* Nanoseconds are to fit an integer: 126 years. *)
  let longest = 4e9

  let sleep seconds =
    if seconds > 0. then
      Timer.sleep (int_of_float (Float.min seconds longest *. 1e9))
    else Lwt.pause () (* NaN too *)
end

module Status = struct
  let report = Host.report
end

module Main = struct
  type outcome =
    | Finished
    | Failed of exn * string  (** and its backtrace *)
    | Asked_to of Host.request

  let hooks : (unit -> unit Lwt.t) list ref = ref []
  let at_exit hook = hooks := hook :: !hooks

  let rec run_hooks () =
    match !hooks with
    | [] -> Lwt.return_unit
    | hook :: rest ->
        hooks := rest;
        Lwt.catch hook (fun e -> Lwt.return (Report.exn "at_exit" e)) >>= run_hooks

  let fatal = Report.fatal "Fatal error"

  let reboot () =
    Stdlib.do_at_exit ();
    Kernel.reboot ()

  let run main =
    let outcome, resolver = Lwt.wait () in
    let settle result =
      if Lwt.is_sleeping outcome then Lwt.wakeup_later resolver result
    in
    let fail e = settle (Failed (e, Report.backtrace e)) in
    Lwt.on_any main (fun () -> settle Finished) fail;
    Lwt.async_exception_hook := fail;
    Host.on_request (fun request -> settle (Asked_to request));
    match Loop.run outcome with
    | Finished -> ()
    | Asked_to `Poweroff -> exit 0
    | Asked_to `Reboot -> reboot ()
    | Failed (e, backtrace) ->
        fatal e backtrace;
        exit 1

  let () =
    Shortage.watch ();
    Stdlib.at_exit (fun () -> Loop.run (run_hooks ()));
    Printexc.record_backtrace true;
    Printexc.set_uncaught_exception_handler (fun e backtrace ->
        fatal e (Printexc.raw_backtrace_to_string backtrace);
        Stdlib.do_at_exit ();
        exit 1)
end
