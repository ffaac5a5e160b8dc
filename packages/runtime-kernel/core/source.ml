(* SPDX-License-Identifier: ISC *)

let sources : (unit -> bool) list ref = ref []
let add poll = sources := !sources @ [ poll ]
let poll_all () = List.fold_left (fun any poll -> poll () || any) false !sources
