(* SPDX-License-Identifier: ISC *)

type t = { fd : Lwt_unix.file_descr; turn : Lwt_mutex.t }

let create fd = { fd; turn = Lwt_mutex.create () }

let wait_and_retry t attempt =
  Lwt_mutex.with_lock t.turn (fun () ->
      Lwt_unix.wrap_syscall Lwt_unix.Write t.fd (fun () ->
          if not (attempt ()) then raise_notrace Lwt_unix.Retry))

let write t attempt =
  if Lwt_mutex.is_locked t.turn then wait_and_retry t attempt
  else
    match attempt () with
    | true -> Lwt.return_unit
    | false -> wait_and_retry t attempt
    | exception e -> Lwt.fail e

let idle t = Lwt_mutex.with_lock t.turn Lwt.return
