(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Support

type finished = { status : Unix.process_status; stdout : string; stderr : string }

let read_all fd =
  let channel = Unix.in_channel_of_descr fd in
  let buffer = Buffer.create 1024 in
  (try
     while true do
       Buffer.add_channel buffer channel 1
     done
   with End_of_file -> ());
  close_in channel;
  Buffer.contents buffer

let program = Filename.concat (Filename.dirname Sys.executable_name) "child/child.exe"

(* Starts the child; [meanwhile] gets its pid and the readable end of its standard
   output. *)
let start ?(meanwhile = fun _ _ -> ()) mode =
  let out_read, out_write = Unix.pipe ~cloexec:true () in
  let errors = Filename.temp_file "mirage" ".err" in
  let err = Unix.openfile errors [ O_WRONLY; O_CLOEXEC ] 0 in
  let pid =
    Unix.create_process program [| program; mode |] Unix.stdin out_write err
  in
  Unix.close out_write;
  Unix.close err;
  meanwhile pid out_read;
  let stdout = try read_all out_read with Unix.Unix_error _ | Sys_error _ -> "" in
  let _, status = Unix.waitpid [] pid in
  let stderr = read_file errors in
  Sys.remove errors;
  { status; stdout; stderr }

let check_status what expected { status; stderr; _ } =
  match status with
  | WEXITED code when code = expected -> ()
  | WEXITED code -> Alcotest.failf "%s: exit code %d, %s" what code stderr
  | WSIGNALED n | WSTOPPED n -> Alcotest.failf "%s: signal %d" what n

let check_lines what expected { stdout; _ } =
  Alcotest.(check (list string)) what expected
    (String.split_on_char '\n' (String.trim stdout))

let finishes () =
  let r = start "finish" in
  check_status "finish" 0 r;
  check_lines "hooks, the last first" [ "after"; "hook second"; "hook first" ] r

let fails () =
  let r = start "fail" in
  check_status "fail" 1 r;
  check_lines "hook" [ "hook only" ] r;
  check_contains "message" "Fatal error: Failure(\"told to\")" r.stderr;
  check_contains "backtrace" "Raised at" r.stderr

let fails_aside () =
  let r = start "async" in
  check_status "async" 1 r;
  check_contains "message" "aside" r.stderr

let fails_outside () =
  let r = start "outside" in
  check_status "outside" 1 r;
  check_contains "message" "before run" r.stderr

let exits () =
  let r = start "exit" in
  check_status "exit" 2 r;
  check_lines "hook" [ "hook only" ] r

let wait_for_line fd =
  let byte = Bytes.create 1 in
  while Unix.read fd byte 0 1 = 1 && Bytes.get byte 0 <> '\n' do
    ()
  done

let signalled signal code () =
  let meanwhile pid out =
    wait_for_line out;
    Unix.kill pid signal
  in
  let r = start ~meanwhile "wait" in
  check_status "wait" code r;
  check_lines "hook" [ "hook only" ] r

let signalled_twice () =
  let meanwhile pid out =
    wait_for_line out;
    Unix.kill pid Sys.sigterm;
    wait_for_line out;
    Unix.kill pid Sys.sigterm
  in
  check_status "stuck" 143 (start ~meanwhile "stuck")

let reports () =
  let readable, writable = Unix.pipe () in
  Unix.putenv "MIRAGE_STATUS_FD" (string_of_int (int_of_fd writable));
  let r = start "status" in
  Unix.putenv "MIRAGE_STATUS_FD" "";
  Unix.close writable;
  check_status "status" 0 r;
  Alcotest.(check string) "a line each" "listen tcp 80\ntwo lines\n" (read_all readable)

let reports_to_nobody () =
  let readable, writable = Unix.pipe () in
  Unix.putenv "MIRAGE_STATUS_FD" (string_of_int (int_of_fd writable));
  Unix.close readable;
  let r = start "status" in
  Unix.putenv "MIRAGE_STATUS_FD" "";
  Unix.close writable;
  (* Before OS.Main.run, SIGPIPE is not ignored yet. *)
  match r.status with
  | WEXITED 0 -> ()
  | WSIGNALED n when n = Sys.sigpipe -> Alcotest.fail "killed by SIGPIPE"
  | _ -> Alcotest.fail r.stderr

let numbers = List.init 20_000 (fun i -> string_of_int (i + 1))

(* The output is larger than a pipe: the writer has to wait for its reader. *)
let waits_for_reader mode () =
  let r = start mode in
  check_status mode 0 r;
  check_lines "complete and in order" numbers r

let closed_stdout () =
  let r = start ~meanwhile:(fun _ out -> Unix.close out) "closed" in
  check_status "closed" 0 r;
  check_contains "the program goes on" "still here" r.stderr

(* The child's budget, under a shell's limits. *)
let budget settings =
  let command = Printf.sprintf "%s exec %s memory" settings (Filename.quote program) in
  let shell = Unix.open_process_in command in
  let line = input_line shell in
  ignore (Unix.close_process_in shell);
  int_of_string line

let budgets () =
  Alcotest.(check int) "a quarter of the address space" (400_000 * 1024 / 4)
    (budget "ulimit -v 400000;");
  Alcotest.(check int) "as its user says" 5_000_000
    (budget "ulimit -v 400000; MIRAGE_PEER_MEMORY=5000000");
  let unlimited = budget "ulimit -v unlimited; MIRAGE_PEER_MEMORY=many" in
  Alcotest.(check bool) "of the machine" true (unlimited > 0 && unlimited < max_int / 4)

(* The first descriptors that it opens itself must not become its output. *)
let without_standard_descriptors () =
  List.iter
    (fun closed ->
      let command = Printf.sprintf "exec %s numbers %s" (Filename.quote program) closed in
      Alcotest.(check int) closed 0 (Sys.command command))
    [ ">&-"; "<&- >&-"; "<&- >&- 2>&-"; ">&- 2>/dev/null" ]

(* select(2) takes none from 1024 on. *)
let high_descriptor () =
  let command = Printf.sprintf "ulimit -n 2000 && exec %s high" (Filename.quote program) in
  Alcotest.(check int) "it is waited for" 0 (Sys.command command)

let strange_sleeps () =
  let slept = ref 0 in
  let sleep seconds = OS.Time.sleep seconds >|= fun () -> incr slept in
  run
    ( Lwt.join (List.map sleep [ Float.nan; neg_infinity; -1.; -0.; 0.01 ]) >>= fun () ->
      Lwt.pick [ OS.Time.sleep infinity; OS.Time.sleep 1e300; sleep 0.01 ] );
  Alcotest.(check int) "all" 6 !slept

let suites =
  [
    ( "OS",
      [
        case "runs to the end" finishes;
        case "an exception is fatal" fails;
        case "so is one in the background" fails_aside;
        case "and one outside of run" fails_outside;
        case "exit within the main loop" exits;
        case "SIGINT" (signalled Sys.sigint 130);
        case "SIGTERM" (signalled Sys.sigterm 143);
        case "a second signal ends a stuck hook" signalled_twice;
        case "reports its status" reports;
        case "nobody reads its status" reports_to_nobody;
        case "what peers may make it hold" budgets;
        case "a descriptor with a large number" high_descriptor;
        case "sleeps of strange lengths" strange_sleeps;
        case "started without standard descriptors" without_standard_descriptors;
      ] );
    ( "console",
      [
        case "log_s waits for a slow reader" (waits_for_reader "numbers");
        case "log queues, and is written before the end" (waits_for_reader "background");
        case "closed standard output" closed_stdout;
      ] );
  ]
