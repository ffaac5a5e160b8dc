(* SPDX-License-Identifier: ISC *)

let memories : Cstruct.buffer list ref = ref []

let register memory =
  if not (List.memq memory !memories) then memories := memory :: !memories

let holds (buf : Cstruct.t) = List.memq buf.buffer !memories
