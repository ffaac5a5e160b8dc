(* SPDX-License-Identifier: ISC *)

let line = prerr_endline

let exn context e =
  let backtrace = Printexc.get_backtrace () in
  line (context ^ ": " ^ Printexc.to_string e ^ "\n" ^ String.trim backtrace)

let guard context callback =
  match callback () with
  | promise -> (
      match Lwt.state promise with
      | Lwt.Return () -> ()
      | Lwt.Fail e -> exn context e
      | Lwt.Sleep -> Lwt.on_failure promise (exn context))
  | exception e -> exn context e
