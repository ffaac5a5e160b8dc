(* SPDX-License-Identifier: ISC *)

type state = Free | Taken | Claimed

type t = {
  size : int;
  slab : Cstruct.t;
  states : state array;
  free : int array;  (** the first [free_count] are the free slots *)
  mutable free_count : int;
}

let create ~slots ~size =
  {
    size;
    slab = Cstruct.create_unsafe (slots * size);
    states = Array.make slots Free;
    free = Array.init slots Fun.id;
    free_count = slots;
  }

let take t =
  if t.free_count = 0 then Cstruct.create_unsafe t.size
  else begin
    t.free_count <- t.free_count - 1;
    let slot = t.free.(t.free_count) in
    t.states.(slot) <- Taken;
    Cstruct.sub t.slab (slot * t.size) t.size
  end

let slot_of t (buf : Cstruct.t) =
  if buf.buffer == t.slab.buffer then Some (buf.off / t.size) else None

let claim t buf =
  match slot_of t buf with
  | None -> buf
  | Some slot when t.states.(slot) = Taken ->
    t.states.(slot) <- Claimed;
    buf
  | Some _ -> Cstruct.append buf Cstruct.empty

let release t buf =
  match slot_of t buf with
  | Some slot when t.states.(slot) = Claimed ->
    t.states.(slot) <- Free;
    t.free.(t.free_count) <- slot;
    t.free_count <- t.free_count + 1
  | Some _ | None -> ()
