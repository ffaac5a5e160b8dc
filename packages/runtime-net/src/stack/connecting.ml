(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

let or_fail what connected =
  connected >>= function
  | `Ok device -> Lwt.return device
  | `Error _ -> Lwt.fail (Failure (what ^ " cannot be connected"))

let result start =
  Lwt.catch
    (fun () -> start () >|= fun t -> `Ok t)
    (fun exn ->
      let reason = match exn with Failure s -> s | e -> Printexc.to_string e in
      Lwt.return (`Error (`Unknown reason)))
