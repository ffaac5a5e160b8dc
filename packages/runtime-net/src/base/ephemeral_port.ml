(* SPDX-License-Identifier: ISC *)

let first = 49152
let count = 16384

let search f =
  let start = Unpredictable.below count in
  let rec from tried =
    if tried = count then None
    else
      match f (first + ((start + tried) mod count)) with
      | Some _ as found -> found
      | None -> from (tried + 1)
  in
  from 0

let choose ~taken =
  match search (fun port -> if taken port then None else Some port) with
  | Some port -> port
  | None -> failwith "no port is free"
