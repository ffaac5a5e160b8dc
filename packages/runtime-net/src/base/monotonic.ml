(* SPDX-License-Identifier: ISC *)

type t = { time : unit -> float; mutable wall : float; mutable now : float }

let max_step = 10_000_000.
let read time = Float.trunc (time () *. 1e6)
let create time = { time; wall = read time; now = 0. }

let now t =
  let wall = read t.time in
  let step = wall -. t.wall in
  t.wall <- wall;
  if step > 0. then
    t.now <- (t.now +. if step < max_step then step else max_step);
  t.now

let after now us = now +. float_of_int us
let longest = 1_000_000_000

let elapsed ~since now =
  let us = now -. since in
  if us < 1e9 then int_of_float us else longest
