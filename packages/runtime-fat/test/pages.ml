(* SPDX-License-Identifier: ISC *)

type buf = Cstruct.t

type t =
  (char, Bigarray.int8_unsigned_elt, Bigarray.c_layout) Bigarray.Array1.t

let page_size = 4096
let get n = Bigarray.(Array1.create char c_layout (n * page_size))
let get_order order = get (1 lsl order)
let pages n = List.init n (fun _ -> get 1)
let pages_order order = pages (1 lsl order)
let length = Bigarray.Array1.dim
let to_cstruct = Cstruct.of_bigarray ?off:None ?len:None
let to_string t = Cstruct.to_string (to_cstruct t)

let to_pages t =
  List.init (length t / page_size) (fun i ->
      Bigarray.Array1.sub t (i * page_size) page_size)

let string_blit src src_offset dst offset length =
  Cstruct.blit_from_string src src_offset (to_cstruct dst) offset length

let blit src dst = Bigarray.Array1.(blit src (sub dst 0 (dim src)))
let round_to_page_size n = (n + page_size - 1) / page_size * page_size
