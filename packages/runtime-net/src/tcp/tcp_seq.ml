(* SPDX-License-Identifier: ISC *)

(* Where an int has 32 bits, as in JavaScript, it wraps by itself, and is
   negative from 2^31 on; where it has 63, the bits above are cut off. *)
let excess = Sys.int_size - 32
let mask = if excess > 0 then (1 lsl (Sys.int_size - excess)) - 1 else -1
let () = assert (excess >= 0)
let add a n = (a + n) land mask

(* Sign-extends the low 32 bits. *)
let diff a b = ((a - b) lsl excess) asr excess
let lt a b = diff a b < 0
let leq a b = diff a b <= 0
let gt a b = diff a b > 0
let geq a b = diff a b >= 0
let max a b = if geq a b then a else b
let min a b = if leq a b then a else b
let of_int32 n = Int32.to_int n land mask
let to_int32 = Int32.of_int
let get buf off = of_int32 (Cstruct.BE.get_uint32 buf off)
let set buf off n = Cstruct.BE.set_uint32 buf off (to_int32 n)

let of_float x =
  if excess > 0 then int_of_float x land mask
  else Int64.to_int (Int64.of_float x)
