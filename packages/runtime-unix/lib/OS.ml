(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_unix_io

let () = Event_engine.choose ()

(* A quarter is for what peers make the program hold; the rest is for the program, and
   for what the collector has not collected yet. *)
let () =
  let said = Option.bind (Sys.getenv_opt "MIRAGE_PEER_MEMORY") int_of_string_opt in
  match (said, Machine_memory.octets ()) with
  | Some octets, _ when octets > 0 -> Memory_budget.set_limit octets
  | _, Some octets -> Memory_budget.set_limit (octets / 4)
  | _, None -> ()

module Status = struct
  let variable = "MIRAGE_STATUS_FD"

  let descriptor () =
    Option.bind (Sys.getenv_opt variable) int_of_string_opt
    |> Option.map Fd.of_int

  let one_line text =
    String.map (function '\n' | '\r' -> ' ' | c -> c) text ^ "\n"

  let report text =
    let line = one_line text in
    let write fd =
      try ignore (Fd.write_shared fd line 0 (String.length line))
      with Unix.Unix_error _ -> ()
    in
    Option.iter write (descriptor ())
end

let () =
  Metrics.counted ~help:"Processor time that the program has taken."
    "process_cpu_seconds_total" Sys.time

(* Who started the program reads and writes at the other end of a socket. *)
module Control = struct
  let variable = "MIRAGE_CONTROL_FD"
  let piece = 4096

  let rec write_all fd text offset length =
    if length = 0 then Lwt.return_unit
    else
      Lwt_unix.write_string fd text offset length >>= fun n ->
      write_all fd text (offset + n) (length - n)

  let rec read_all fd buffer take =
    Lwt_unix.read fd buffer 0 piece >>= function
    | 0 -> Lwt.return_unit
    | n ->
        take (Bytes.sub_string buffer 0 n);
        read_all fd buffer take

  let serve fd =
    let queued = ref 0 and turn = Lwt_mutex.create () in
    let write text () =
      let length = String.length text in
      write_all fd text 0 length >|= fun () -> queued := !queued - length
    in
    (* Who is gone is told nothing more. *)
    let send text =
      queued := !queued + String.length text;
      Lwt.dont_wait (fun () -> Lwt_mutex.with_lock turn (write text)) ignore
    in
    let take = Control_channel.connect { send; queued = (fun () -> !queued) } in
    Lwt.dont_wait (fun () -> read_all fd (Bytes.create piece) take) ignore

  let start () =
    match Option.bind (Sys.getenv_opt variable) int_of_string_opt with
    | None -> ()
    | Some number ->
        let fd = Fd.of_int number in
        Unix.set_close_on_exec fd;
        serve (Lwt_unix.of_unix_file_descr ~blocking:false fd)
end

module Sandbox = struct
  let news { Process_sandbox.root; _ } =
    match root with Ok () -> "sandbox" | Error why -> "sandbox " ^ why

  let enter () =
    match Option.map Process_sandbox.enter (Process_sandbox.wanted ()) with
    | None -> ()
    | Some entered -> Status.report (news entered)
    | exception (Failure why | Invalid_argument why) ->
        Report.line
          ("the program cannot enter its sandbox: " ^ why
         ^ "; `mirage run --no-sandbox` does without");
        exit 2
end

module Time = struct
  type 'a io = 'a Lwt.t

  let sleep seconds =
    if seconds > 0. then Lwt_unix.sleep seconds else Lwt.pause () (* NaN too *)
end

module Main = struct
  type outcome =
    | Finished
    | Failed of exn * Printexc.raw_backtrace
    | Signalled of int

  let at_exit = Lwt_main.at_exit

  (* As a shell reports it: 128 and the system's number of the signal. *)
  let exit_code_of_signal signal = if signal = Sys.sigint then 130 else 143

  (* The first signal ends the main loop, the second one a stuck exit hook. *)
  let on_signal settle signal =
    let notification =
      Lwt_unix.make_notification (fun () -> settle (Signalled signal))
    in
    let seen = ref false in
    let handle _ =
      if !seen then Unix._exit (exit_code_of_signal signal);
      seen := true;
      Lwt_unix.send_notification notification
    in
    Sys.set_signal signal (Sys.Signal_handle handle)

  let print_fatal e backtrace =
    Report.line
      ("Fatal error: " ^ Printexc.to_string e ^ "\n"
      ^ String.trim (Printexc.raw_backtrace_to_string backtrace))

  let run main =
    let outcome, resolver = Lwt.wait () in
    let settle result =
      if Lwt.is_sleeping outcome then Lwt.wakeup_later resolver result
    in
    let fail e = settle (Failed (e, Printexc.get_raw_backtrace ())) in
    Control.start ();
    Lwt.on_any main (fun () -> settle Finished) fail;
    Lwt.async_exception_hook := fail;
    Sys.set_signal Sys.sigpipe Sys.Signal_ignore;
    List.iter (on_signal settle) [ Sys.sigint; Sys.sigterm ];
    match Lwt_main.run outcome with
    | Finished -> ()
    | Signalled signal -> exit (exit_code_of_signal signal)
    | Failed (e, backtrace) ->
        print_fatal e backtrace;
        exit 1

  let () =
    Printexc.record_backtrace true;
    Printexc.set_uncaught_exception_handler (fun e backtrace ->
        print_fatal e backtrace;
        Unix._exit 1)
end
