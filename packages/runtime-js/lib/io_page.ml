(* SPDX-License-Identifier: ISC *)

open Bigarray

type buf = Cstruct.t
type t = (char, int8_unsigned_elt, c_layout) Array1.t

let size = 4096
let get n = Array1.create char c_layout (n * size)
let get_order k = get (1 lsl k)
let pages n = List.init n (fun _ -> get 1)
let pages_order k = pages (1 lsl k)
let length = Array1.dim
let to_cstruct t = Cstruct.of_bigarray t
let to_string t = Cstruct.to_string (to_cstruct t)
let to_pages t = List.init (length t / size) (fun i -> Array1.sub t (i * size) size)

let string_blit src srcoff dst dstoff len =
  Cstruct.blit_from_string src srcoff (to_cstruct dst) dstoff len

let blit src dst = Array1.blit src (Array1.sub dst 0 (length src))
let round_to_page_size bytes = (bytes + size - 1) land lnot (size - 1)
