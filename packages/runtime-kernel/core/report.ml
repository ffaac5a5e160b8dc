(* SPDX-License-Identifier: ISC *)

let line = prerr_endline

external is_last_raised : exn -> bool = "mirage_kernel_is_last_raised" [@@noalloc]

let backtrace e = if is_last_raised e then Printexc.get_backtrace () else ""

let fatal what e backtrace =
  line (String.trim (what ^ ": " ^ Printexc.to_string e ^ "\n" ^ backtrace))

let exn context e = fatal context e (backtrace e)

let guard context callback =
  match callback () with
  | promise -> (
      match Lwt.state promise with
      | Lwt.Return () -> ()
      | Lwt.Fail e -> exn context e
      | Lwt.Sleep -> Lwt.on_failure promise (exn context))
  | exception e -> exn context e
