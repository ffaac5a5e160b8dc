(* SPDX-License-Identifier: ISC *)

let add a n = (a + n) land 0xffffffff

(* Sign-extends the low 32 bits of a 63-bit integer. *)
let diff a b = ((a - b) lsl 31) asr 31
let lt a b = diff a b < 0
let leq a b = diff a b <= 0
let gt a b = diff a b > 0
let geq a b = diff a b >= 0
let max a b = if geq a b then a else b
