(* SPDX-License-Identifier: ISC *)

type t = { time : unit -> float; mutable wall : int; mutable now : int }

let max_step = 10_000_000
let read time = int_of_float (time () *. 1e6)
let create time = { time; wall = read time; now = 0 }

let now t =
  let wall = read t.time in
  let step = wall - t.wall in
  t.wall <- wall;
  if step > 0 then t.now <- t.now + Int.min step max_step;
  t.now
