(* SPDX-License-Identifier: ISC *)

type t = { mutable memory : Cstruct.t }

let size = 65_536
let create () = { memory = Cstruct.empty }

(* Pieces start on their own cache line. *)
let align length = (length + 63) land lnot 63

let copy t source offset length =
  if Cstruct.length t.memory < align length then t.memory <- Cstruct.create_unsafe size;
  let piece = Cstruct.sub t.memory 0 length in
  Cstruct.blit source offset piece 0 length;
  t.memory <- Cstruct.shift t.memory (align length);
  piece
