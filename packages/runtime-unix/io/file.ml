(* SPDX-License-Identifier: ISC *)

external preadv_job : Unix.file_descr -> Cstruct.t list -> int -> int Lwt_unix.job
  = "mirage_unix_preadv_job"

external pwritev_job :
  Unix.file_descr -> Cstruct.t list -> int -> int Lwt_unix.job
  = "mirage_unix_pwritev_job"

external try_lock : Unix.file_descr -> bool -> bool = "mirage_unix_try_lock"

let try_lock fd ~exclusive = try_lock fd exclusive
let preadv fd buffers offset = Lwt_unix.run_job (preadv_job fd buffers offset)
let pwritev fd buffers offset = Lwt_unix.run_job (pwritev_job fd buffers offset)
