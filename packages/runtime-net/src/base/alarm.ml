(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

type t = {
  sleep : float -> unit Lwt.t;
  clock : Monotonic.t;
  callback : unit -> unit;
  mutable sleepers : float list;
      (** when the sleeps under way end: earliest first, as a new one is begun
          only if it ends before the others *)
}

(* Half of what a step of the clock may count for. *)
let longest = Monotonic.max_step /. 2.

(* Timers of less than this would only cost wake-ups. *)
let granularity = 1_000.

let create ~sleep ~clock callback = { sleep; clock; callback; sleepers = [] }

let set t at =
  let now = Monotonic.now t.clock in
  let at = Float.max (now +. granularity) (Float.min at (now +. longest)) in
  match t.sleepers with
  | first :: _ when first <= at -> ()
  | sleepers ->
    t.sleepers <- at :: sleepers;
    Lwt.async (fun () ->
        t.sleep ((at -. now) *. 1e-6) >|= fun () ->
        t.sleepers <- List.filter (fun other -> other > at) t.sleepers;
        t.callback ())
