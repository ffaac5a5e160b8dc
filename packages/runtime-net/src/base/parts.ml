(* SPDX-License-Identifier: ISC *)

let rec cut n parts =
  match parts with
  | [] -> ([], [])
  | _ when n = 0 -> ([], parts)
  | part :: rest when Cstruct.length part <= n ->
    let head, tail = cut (n - Cstruct.length part) rest in
    (part :: head, tail)
  | part :: rest ->
    let head, tail = Cstruct.split part n in
    ([ head ], tail :: rest)
