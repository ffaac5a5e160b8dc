(* SPDX-License-Identifier: ISC *)

let line text = Host.print 2 (text ^ "\n")

let exn context e =
  let backtrace = Printexc.get_backtrace () in
  let text = context ^ ": " ^ Printexc.to_string e ^ "\n" ^ backtrace in
  line (String.trim text)

let guard context callback =
  match callback () with
  | promise -> (
      match Lwt.state promise with
      | Lwt.Return () -> ()
      | Lwt.Fail e -> exn context e
      | Lwt.Sleep -> Lwt.on_failure promise (exn context))
  | exception e -> exn context e
