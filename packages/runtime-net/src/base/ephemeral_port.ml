(* SPDX-License-Identifier: ISC *)

let first = 49152
let count = 16384

let rec choose ~taken =
  let port = first + Unpredictable.below count in
  if taken port then choose ~taken else port
