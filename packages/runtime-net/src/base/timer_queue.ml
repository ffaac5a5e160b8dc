(* SPDX-License-Identifier: ISC *)

type 'a entry = {
  value : 'a;
  mutable at : float;
  mutable index : int;  (** in the heap, negative if it is in none *)
}

type 'a t = { mutable heap : 'a entry array; mutable size : int }

let create () = { heap = [||]; size = 0 }
let entry value = { value; at = infinity; index = -1 }
let time e = e.at

let put t e index =
  t.heap.(index) <- e;
  e.index <- index

let rec up t e index =
  let parent = (index - 1) / 2 in
  if index > 0 && t.heap.(parent).at > e.at then begin
    put t t.heap.(parent) index;
    up t e parent
  end
  else put t e index

let rec down t e index =
  let left = (2 * index) + 1 in
  let right = left + 1 in
  let child =
    if right < t.size && t.heap.(right).at < t.heap.(left).at then right else left
  in
  if child < t.size && t.heap.(child).at < e.at then begin
    put t t.heap.(child) index;
    down t e child
  end
  else put t e index

let grow t e =
  if t.size = Array.length t.heap then begin
    let heap = Array.make (Int.max 16 (2 * t.size)) e in
    Array.blit t.heap 0 heap 0 t.size;
    t.heap <- heap
  end

let set t e at =
  let before = e.at in
  e.at <- at;
  if e.index < 0 then begin
    grow t e;
    t.size <- t.size + 1;
    up t e (t.size - 1)
  end
  else if at < before then up t e e.index
  else down t e e.index

let remove t e =
  if e.index >= 0 then begin
    let index = e.index in
    t.size <- t.size - 1;
    let last = t.heap.(t.size) in
    if last != e then begin
      up t last index;
      down t last last.index
    end;
    (* No reference to a removed entry stays behind. *)
    if t.size = 0 then t.heap <- [||] else t.heap.(t.size) <- t.heap.(0);
    e.index <- -1;
    e.at <- infinity
  end

let next t = if t.size = 0 then infinity else t.heap.(0).at

let pop t ~now =
  if next t <= now then begin
    let first = t.heap.(0) in
    remove t first;
    Some first.value
  end
  else None
