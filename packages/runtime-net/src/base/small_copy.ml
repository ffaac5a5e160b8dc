(* SPDX-License-Identifier: ISC *)

let block_size = 0x4000
let room = ref Cstruct.empty
let is_small buf = Cstruct.length buf < 512

let of_frame buf =
  if is_small buf then begin
    let len = Cstruct.length buf in
    if Cstruct.length !room < len then room := Cstruct.create_unsafe block_size;
    let copy, rest = Cstruct.split !room len in
    Cstruct.blit buf 0 copy 0 len;
    room := rest;
    copy
  end
  else buf
