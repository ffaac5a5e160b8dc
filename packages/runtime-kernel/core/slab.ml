(* SPDX-License-Identifier: ISC *)

type t = { mutable memory : Cstruct.t }

let size = 65_536
let create () = { memory = Cstruct.empty }

(* Pieces start on their own cache line. *)
let align length = (length + 63) land lnot 63

let take t length =
  let aligned = align length in
  if Cstruct.length t.memory < aligned then
    t.memory <- Cstruct.create_unsafe (max size aligned);
  let piece = Cstruct.sub t.memory 0 length in
  t.memory <- Cstruct.shift t.memory aligned;
  piece
