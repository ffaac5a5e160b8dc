(* SPDX-License-Identifier: ISC *)

type t = { poll : unit -> bool; arm : unit -> bool }

let sources : t list ref = ref []
let add ?(arm = fun () -> false) poll = sources := !sources @ [ { poll; arm } ]
let poll_all () = List.fold_left (fun any { poll; _ } -> poll () || any) false !sources
let arm_all () = List.fold_left (fun any { arm; _ } -> arm () || any) false !sources
