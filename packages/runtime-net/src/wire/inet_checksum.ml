(* SPDX-License-Identifier: ISC *)

external ones_sum :
  Cstruct.buffer -> (int[@untagged]) -> (int[@untagged]) -> (int[@untagged])
  = "mirage_net_ones_sum_byte" "mirage_net_ones_sum"
  [@@noalloc]

let add_word sum word =
  let sum = sum + word in
  (sum land 0xffff) + (sum lsr 16)

let sum_of (buf : Cstruct.t) = ones_sum buf.buffer buf.off buf.len
let add sum buf = add_word sum (sum_of buf)
let swap sum = ((sum land 0xff) lsl 8) lor (sum lsr 8)

(* A buffer at an odd offset contributes its sum with the octets exchanged. *)
let add_list sum bufs =
  let rec go sum odd = function
    | [] -> sum
    | buf :: rest ->
      let part = sum_of buf in
      let odd' = odd <> (Cstruct.length buf land 1 = 1) in
      go (add_word sum (if odd then swap part else part)) odd' rest
  in
  go sum false bufs

let add_address sum address =
  let bits = Int32.to_int (Ipaddr.V4.to_int32 address) in
  add_word (add_word sum ((bits lsr 16) land 0xffff)) (bits land 0xffff)

let addresses ~src ~dst = add_address (add_address 0 src) dst

let add_octets sum octets =
  let rec go sum off =
    if off = String.length octets then sum
    else go (add_word sum (String.get_uint16_be octets off)) (off + 2)
  in
  go sum 0

let addresses6 ~src ~dst =
  add_octets (add_octets 0 (Ipaddr.V6.to_octets src)) (Ipaddr.V6.to_octets dst)

let pseudo_header ~addresses ~proto len = add_word (add_word addresses proto) len

let finish sum = lnot sum land 0xffff
