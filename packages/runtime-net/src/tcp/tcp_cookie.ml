(* SPDX-License-Identifier: ISC *)

type t = { secret : string }
type endpoints = string

let create secret = { secret }

(* Five bits of a counter, three of the segment size, 24 of a keyed hash. *)
let period = 64e6
let lifetime = 2
let counter now = int_of_float (Float.rem (now /. period) 32.)
let sizes = [| 88; 536; 1220; 1300; 1360; 1400; 1440; 1460 |]
let default_size = 536

let size_index (syn : Tcp_wire.t) =
  let offered = Option.value ~default:default_size syn.options.mss in
  let rec go i = if i > 0 && sizes.(i) > offered then go (i - 1) else i in
  go (Array.length sizes - 1)

let hash t endpoints ~seq ~head =
  let number n = Int32.to_string (Tcp_seq.to_int32 n) in
  let text = String.concat "," [ t.secret; endpoints; number seq; string_of_int head ] in
  let digest = Digest.string (t.secret ^ Digest.string text) in
  (String.get_uint16_be digest 0 lsl 8) lor String.get_uint8 digest 2

let compose ~head ~hash = Tcp_seq.add (head lsl 24) hash
let head_of cookie = (cookie lsr 24) land 0xff
let hash_of cookie = cookie land 0xffffff

let make t ~now endpoints (syn : Tcp_wire.t) =
  let head = (counter now lsl 3) lor size_index syn in
  compose ~head ~hash:(hash t endpoints ~seq:syn.seq ~head)

(* Four bits of the window scale, 15 for none, and one of SACK. *)
let no_scale = 15
let stamp_bits = 6
let stamp_mask = (1 lsl stamp_bits) - 1

let stamp ~clock (syn : Tcp_wire.t) =
  let scale = Option.value ~default:no_scale syn.options.window_scale in
  let sack = if syn.options.sack_permitted then 1 else 0 in
  let before = Tcp_seq.add clock (-stamp_mask) in
  Tcp_seq.add (before - (before land stamp_mask)) ((scale lsl 1) lor sack)

let options_of ~size (ack : Tcp_wire.t) =
  let options = { Tcp_options.none with mss = Some sizes.(size) } in
  match ack.options.timestamps with
  | None -> options
  | Some (value, echo) ->
    let bits = echo land stamp_mask in
    let scale = (bits lsr 1) land 15 in
    {
      options with
      timestamps = Some (value, 0);
      window_scale = (if scale = no_scale then None else Some scale);
      sack_permitted = bits land 1 = 1;
    }

let check t ~now endpoints (ack : Tcp_wire.t) =
  let cookie = Tcp_seq.add ack.ack (-1) and seq = Tcp_seq.add ack.seq (-1) in
  let head = head_of cookie in
  let age = (counter now - (head lsr 3)) land 31 in
  if age <= lifetime && hash_of cookie = hash t endpoints ~seq ~head then
    Some
      {
        ack with
        seq;
        flags = Tcp_wire.flags ~syn:true ();
        options = options_of ~size:(head land 7) ack;
        payload = [];
        length = 0;
      }
  else None
