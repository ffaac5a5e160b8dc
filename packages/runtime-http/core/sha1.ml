(* SPDX-License-Identifier: ISC *)

let ( +% ) = Int32.add
let ( &% ) = Int32.logand
let ( |% ) = Int32.logor
let ( ^% ) = Int32.logxor

let rotate x n =
  Int32.shift_left x n |% Int32.shift_right_logical x (32 - n)

(* FIPS 180-4, section 5.1.1. *)
let padded s =
  let length = String.length s in
  let blocks = (length + 8) / 64 + 1 in
  let message = Bytes.make (blocks * 64) '\000' in
  Bytes.blit_string s 0 message 0 length;
  Bytes.set message length '\x80';
  Bytes.set_int64_be message
    ((blocks * 64) - 8)
    (Int64.mul 8L (Int64.of_int length));
  message

let block h message at =
  let w = Array.make 80 0l in
  for t = 0 to 15 do
    w.(t) <- Bytes.get_int32_be message (at + (4 * t))
  done;
  for t = 16 to 79 do
    w.(t) <- rotate (w.(t - 3) ^% w.(t - 8) ^% w.(t - 14) ^% w.(t - 16)) 1
  done;
  let v = Array.copy h in
  for t = 0 to 79 do
    let b = v.(1) and c = v.(2) and d = v.(3) in
    let f, k =
      if t < 20 then ((b &% c) |% (Int32.lognot b &% d), 0x5a827999l)
      else if t < 40 then (b ^% c ^% d, 0x6ed9eba1l)
      else if t < 60 then ((b &% c) |% (b &% d) |% (c &% d), 0x8f1bbcdcl)
      else (b ^% c ^% d, 0xca62c1d6l)
    in
    let next = rotate v.(0) 5 +% f +% v.(4) +% k +% w.(t) in
    v.(4) <- d;
    v.(3) <- c;
    v.(2) <- rotate b 30;
    v.(1) <- v.(0);
    v.(0) <- next
  done;
  Array.iteri (fun i x -> h.(i) <- h.(i) +% x) v

let digest s =
  let h = [| 0x67452301l; 0xefcdab89l; 0x98badcfel; 0x10325476l; 0xc3d2e1f0l |] in
  let message = padded s in
  for i = 0 to (Bytes.length message / 64) - 1 do
    block h message (64 * i)
  done;
  let out = Bytes.create 20 in
  Array.iteri (fun i x -> Bytes.set_int32_be out (4 * i) x) h;
  Bytes.unsafe_to_string out
