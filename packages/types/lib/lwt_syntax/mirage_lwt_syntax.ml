(* SPDX-License-Identifier: ISC *)

let ( let* ) = Lwt.bind
let ( and* ) = Lwt.both
let ( >>* ) = Lwt.bind
let fail exn = Lwt.fail exn
let attempt f = Lwt.catch f fail

let ( let*! ) f handler =
  Lwt.catch f (fun exn -> try handler exn with raised -> Lwt.fail raised)

let finally f handler last =
  let*! exn = fun () -> Lwt.finalize f last in
  handler exn

let rec up first last f =
  if first > last then Lwt.return_unit
  else
    let* () = f first in
    up (first + 1) last f

let rec down first last f =
  if first < last then Lwt.return_unit
  else
    let* () = f first in
    down (first - 1) last f

let each stream f = Lwt_stream.iter_s f stream

let rec loop condition f =
  if not (condition ()) then Lwt.return_unit
  else
    let* () = f () in
    loop condition f
