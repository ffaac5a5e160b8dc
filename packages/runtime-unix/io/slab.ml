(* SPDX-License-Identifier: ISC *)

external alloc : unit -> Cstruct.buffer = "mirage_unix_slab_alloc"

type t = { mutable memory : Cstruct.buffer; mutable free : int }

(* Pieces start on their own cache line. *)
let align = 64
let create () = { memory = alloc (); free = 0 }

let reserve t length =
  if Bigarray.Array1.dim t.memory - t.free < length then begin
    t.memory <- alloc ();
    t.free <- 0
  end

let memory t = t.memory
let offset t = t.free

let take t length =
  let piece = Cstruct.of_bigarray ~off:t.free ~len:length t.memory in
  t.free <- (t.free + length + align - 1) land lnot (align - 1);
  piece
