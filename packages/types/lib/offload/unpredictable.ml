(* SPDX-License-Identifier: ISC *)

let octets n =
  match Random_source.octets n with
  | Some octets -> octets
  | None -> String.init n (fun _ -> Char.chr (Random.int 0x100))

(* 30 bits, as an int has 31 at least. *)
let below n = Int32.to_int (String.get_int32_be (octets 4) 0) land 0x3fffffff mod n
