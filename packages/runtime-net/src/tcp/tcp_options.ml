(* SPDX-License-Identifier: ISC *)

type t = {
  mss : int option;
  window_scale : int option;
  timestamps : (int * int) option;
  sack_permitted : bool;
  sack : (int * int) list;
}

let none =
  {
    mss = None;
    window_scale = None;
    timestamps = None;
    sack_permitted = false;
    sack = [];
  }

let kind_end = 0
let kind_nop = 1
let kind_mss = 2
let kind_window_scale = 3
let kind_sack_permitted = 4
let kind_sack = 5
let kind_timestamps = 8

(* RFC 7323, section 2.3. *)
let max_window_scale = 14

let interpret t buf ~kind ~len off =
  if kind = kind_mss && len = 4 then
    { t with mss = Some (Cstruct.BE.get_uint16 buf (off + 2)) }
  else if kind = kind_window_scale && len = 3 then
    let shift = Int.min max_window_scale (Cstruct.get_uint8 buf (off + 2)) in
    { t with window_scale = Some shift }
  else if kind = kind_timestamps && len = 10 then
    let stamps = (Tcp_seq.get buf (off + 2), Tcp_seq.get buf (off + 6)) in
    { t with timestamps = Some stamps }
  else if kind = kind_sack_permitted && len = 2 then { t with sack_permitted = true }
  else if kind = kind_sack && len mod 8 = 2 then
    let block i =
      (Tcp_seq.get buf (off + 2 + (8 * i)), Tcp_seq.get buf (off + 6 + (8 * i)))
    in
    { t with sack = List.init (len / 8) block }
  else t

(* NOP, NOP, timestamps: what nearly every segment of a connection carries. *)
let usual_layout = 0x0101080al

let parse buf =
  let n = Cstruct.length buf in
  let rec go t off =
    if off >= n then t
    else
      let kind = Cstruct.get_uint8 buf off in
      if kind = kind_end then t
      else if kind = kind_nop then go t (off + 1)
      else if off + 1 >= n then t
      else
        let len = Cstruct.get_uint8 buf (off + 1) in
        if len < 2 || off + len > n then t
        else go (interpret t buf ~kind ~len off) (off + len)
  in
  if n = 0 then none
  else if n = 12 && Int32.equal (Cstruct.BE.get_uint32 buf 0) usual_layout then
    { none with timestamps = Some (Tcp_seq.get buf 4, Tcp_seq.get buf 8) }
  else go none 0

let timestamps_length = 12
let if_some option n = match option with Some _ -> n | None -> 0

let sack_length blocks = if blocks = 0 then 0 else 4 + (8 * blocks)

let length t =
  if_some t.mss 4
  + (if t.sack_permitted then 4 else 0)
  + if_some t.window_scale 4
  + if_some t.timestamps timestamps_length
  + sack_length (List.length t.sack)

(* What a header has room for beside the timestamps (RFC 2018, section 3). *)
let max_sack_blocks ~timestamps = if timestamps then 3 else 4

let write buf t =
  let off = 0 in
  let off =
    match t.mss with
    | None -> off
    | Some mss ->
      Cstruct.set_uint8 buf off kind_mss;
      Cstruct.set_uint8 buf (off + 1) 4;
      Cstruct.BE.set_uint16 buf (off + 2) mss;
      off + 4
  in
  let off =
    match t.window_scale with
    | None -> off
    | Some shift ->
      Cstruct.set_uint8 buf off kind_nop;
      Cstruct.set_uint8 buf (off + 1) kind_window_scale;
      Cstruct.set_uint8 buf (off + 2) 3;
      Cstruct.set_uint8 buf (off + 3) shift;
      off + 4
  in
  let off =
    if t.sack_permitted then begin
      Cstruct.set_uint8 buf off kind_nop;
      Cstruct.set_uint8 buf (off + 1) kind_nop;
      Cstruct.set_uint8 buf (off + 2) kind_sack_permitted;
      Cstruct.set_uint8 buf (off + 3) 2;
      off + 4
    end
    else off
  in
  let off =
    match t.timestamps with
    | None -> off
    | Some (value, echo) ->
      Cstruct.BE.set_uint32 buf off usual_layout;
      Tcp_seq.set buf (off + 4) value;
      Tcp_seq.set buf (off + 8) echo;
      off + timestamps_length
  in
  if t.sack <> [] then begin
    Cstruct.set_uint8 buf off kind_nop;
    Cstruct.set_uint8 buf (off + 1) kind_nop;
    Cstruct.set_uint8 buf (off + 2) kind_sack;
    Cstruct.set_uint8 buf (off + 3) (2 + (8 * List.length t.sack));
    List.iteri
      (fun i (first, last) ->
        Tcp_seq.set buf (off + 4 + (8 * i)) first;
        Tcp_seq.set buf (off + 8 + (8 * i)) last)
      t.sack
  end
