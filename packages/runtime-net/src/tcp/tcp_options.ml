(* SPDX-License-Identifier: ISC *)

type t = {
  mss : int option;
  window_scale : int option;
  timestamps : (int * int) option;
}

let none = { mss = None; window_scale = None; timestamps = None }
let kind_end = 0
let kind_nop = 1
let kind_mss = 2
let kind_window_scale = 3
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

let length t =
  if_some t.mss 4 + if_some t.window_scale 4
  + if_some t.timestamps timestamps_length

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
  match t.timestamps with
  | None -> ()
  | Some (value, echo) ->
    Cstruct.BE.set_uint32 buf off usual_layout;
    Tcp_seq.set buf (off + 4) value;
    Tcp_seq.set buf (off + 8) echo
