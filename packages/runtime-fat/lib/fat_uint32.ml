(* SPDX-License-Identifier: ISC *)

let has_room = Sys.int_size > 32
let largest = if has_room then (1 lsl 32) - 1 else max_int

let to_int n =
  if has_room then Int32.to_int n land largest
  else if n >= 0l && n <= Int32.of_int max_int then Int32.to_int n
  else max_int
