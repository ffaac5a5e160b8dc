(* SPDX-License-Identifier: ISC *)

let[@inline never] get8 memory at = Cstruct.get_uint8 memory at
let[@inline never] get16 memory at = Cstruct.LE.get_uint16 memory at

let[@inline never] get32 memory at =
  Int32.to_int (Cstruct.LE.get_uint32 memory at) land 0xffff_ffff

let[@inline never] set8 memory at v = Cstruct.set_uint8 memory at v
let[@inline never] set16 memory at v = Cstruct.LE.set_uint16 memory at v
let[@inline never] set32 memory at v = Cstruct.LE.set_uint32 memory at (Int32.of_int v)
