(* SPDX-License-Identifier: ISC *)

external alloc : int -> Cstruct.buffer = "mirage_unix_pages_alloc"

let size = 4096

let get n =
  if n < 0 || n > Sys.max_array_length / size then
    invalid_arg "Io_page.get: number of pages out of range"
  else alloc n
