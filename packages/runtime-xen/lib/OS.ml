(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_xen_core

module Time = struct
  type 'a io = 'a Lwt.t

  (* Nanoseconds are to fit an integer: 126 years. *)
  let longest = 4e9

  let sleep seconds =
    if seconds <= 0. then Lwt.pause ()
    else Timer.sleep (int_of_float (Float.min seconds longest *. 1e9))
end

module Status = struct
  let count = ref 0

  let report text =
    if Store.is_available () then begin
      incr count;
      let path = "data/mirage/" ^ string_of_int !count in
      Lwt.async (fun () ->
          Lwt.catch (fun () -> Store.write path text) (fun _ -> Lwt.return_unit))
    end
end

module Main = struct
  type outcome =
    | Finished
    | Failed of exn * string  (** and its backtrace *)
    | Asked_to of [ `Poweroff | `Reboot ]

  let hooks : (unit -> unit Lwt.t) list ref = ref []
  let at_exit hook = hooks := hook :: !hooks

  let rec run_hooks () =
    match !hooks with
    | [] -> Lwt.return_unit
    | hook :: rest ->
        hooks := rest;
        Lwt.catch hook (fun _ -> Lwt.return_unit) >>= run_hooks

  let fatal = Report.fatal "Fatal error"

  (* Requests of the toolstack (docs/misc/xenstore-paths.pandoc of Xen). *)
  let request = "control/shutdown"

  (* A request is acknowledged by clearing it. One that is not, such as to suspend, is
     withdrawn after a while, with a message that says so. *)
  let check_request settle =
    let obey action = Store.write request "" >|= fun () -> settle (Asked_to action) in
    Store.read_opt request >>= function
    | None | Some "" -> Lwt.return_unit
    | Some ("poweroff" | "halt") -> obey `Poweroff
    | Some "reboot" -> obey `Reboot
    | Some other ->
        Report.line ("request to " ^ other ^ " refused: not supported");
        Lwt.return_unit

  let watch_requests settle =
    let write (feature, value) = Store.write ("control/feature-" ^ feature) value in
    Lwt_list.iter_s write [ ("poweroff", "1"); ("reboot", "1"); ("suspend", "0") ]
    >>= fun () ->
    Store.watch request (fun () ->
        Report.guard request (fun () -> check_request settle))
    >|= ignore

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
    if Store.is_available () then
      Report.guard request (fun () -> watch_requests settle);
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
