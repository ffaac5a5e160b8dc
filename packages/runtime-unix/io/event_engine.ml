(* SPDX-License-Identifier: ISC *)

external has_scalable_wait : unit -> bool = "mirage_unix_has_scalable_wait"

external poll :
  (Unix.file_descr * bool * bool) list -> int -> (Unix.file_descr * bool * bool) list
  = "mirage_unix_poll"

(* In whole milliseconds, and never too early: a timer would be found not to be due yet,
   again and again. *)
let milliseconds seconds =
  if seconds < 0. then -1 else int_of_float (Float.min (Float.ceil (seconds *. 1000.)) 1e9)

class engine =
  object
    inherit Lwt_engine.poll_based
    method private poll descriptors seconds = poll descriptors (milliseconds seconds)
  end

let choose () =
  if not (has_scalable_wait () && Lwt_sys.have `libev) then Lwt_engine.set (new engine)
