(* SPDX-License-Identifier: ISC *)

let page_size = 4096

type page = { length : int; buffers : Cstruct.t list }

let rec split_at n = function
  | rest when n = 0 -> ([], rest)
  | [] -> ([], [])
  | buffer :: rest ->
      let length = Cstruct.length buffer in
      if length <= n then
        let first, rest = split_at (n - length) rest in
        (buffer :: first, rest)
      else ([ Cstruct.sub buffer 0 n ], Cstruct.shift buffer n :: rest)

let rec pages length buffers =
  if length = 0 then []
  else
    let n = min length page_size in
    let first, rest = split_at n buffers in
    { length = n; buffers = first } :: pages (length - n) rest

let rec cut ~most length buffers =
  if length = 0 then []
  else
    let n = min length (most * page_size) in
    let first, rest = split_at n buffers in
    pages n first :: cut ~most (length - n) rest

let requests ~most buffers = cut ~most (Cstruct.lenv buffers) buffers
let copy_in { buffers; _ } memory = ignore (Cstruct.fillv ~src:buffers ~dst:memory)

let copy_out memory { buffers; _ } =
  ignore
    (List.fold_left
       (fun offset buffer ->
         let length = Cstruct.length buffer in
         Cstruct.blit memory offset buffer 0 length;
         offset + length)
       0 buffers)
