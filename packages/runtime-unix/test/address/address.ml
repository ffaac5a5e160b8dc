(* SPDX-License-Identifier: ISC *)

type bytes = (char, Bigarray.int8_unsigned_elt, Bigarray.c_layout) Bigarray.Array1.t

(* How far from the start of a page memory lies. *)
external in_page : bytes -> int = "test_address_in_page"
