(* SPDX-License-Identifier: ISC *)

(* What is written at once is seldom more than a little, or a lot. *)
let small_block = 0x800
let large_block = 0x4000

(* Blocks that serve again, for all connections. *)
type pool = { size : int; spare : Cstruct.t Stack.t }

let small = { size = small_block; spare = Stack.create () }
let large = { size = large_block; spare = Stack.create () }
let max_spare pool = Int.min 0x100000 (Memory_budget.limit () / 64) / pool.size
let in_use = ref 0
let memory_in_use () = !in_use

let take_block pool =
  in_use := !in_use + pool.size;
  match Stack.pop_opt pool.spare with
  | Some block -> block
  | None -> Cstruct.create_unsafe pool.size

let pool_of block = if Cstruct.length block = small_block then small else large

let give_back block ~reuse =
  let pool = pool_of block in
  in_use := !in_use - pool.size;
  if reuse && Stack.length pool.spare < max_spare pool then Stack.push block pool.spare

(* [shared] memory is somebody else's, and never changes. *)
type chunk = { block : Cstruct.t; mutable used : int; shared : bool }

let no_chunk = { block = Cstruct.empty; used = 0; shared = true }

(* What a chunk of shared memory counts for, and from where on one is worth it. *)
let shared_cost = 128
let min_shared = 0x400
let is_shared buf = Cstruct.length buf >= min_shared && Immutable_memory.holds buf
let cost chunk = if chunk.shared then shared_cost else Cstruct.length chunk.block

type t = {
  account : Memory_budget.account;
  mutable ring : chunk array;
  mutable first : int;  (** index of the first chunk *)
  mutable count : int;  (** of chunks *)
  mutable head : int;  (** octets of the first chunk that are gone *)
  mutable length : int;
  mutable near : int;  (** a chunk, counted from the first *)
  mutable near_at : int;  (** where it starts, [head] included *)
}

let create account =
  {
    account;
    ring = [||];
    first = 0;
    count = 0;
    head = 0;
    length = 0;
    near = 0;
    near_at = 0;
  }

let length t = t.length

(* The ring's length is a power of two. *)
let index t i = (t.first + i) land (Array.length t.ring - 1)
let chunk t i = t.ring.(index t i)

let grow t =
  let capacity = Int.max 2 (2 * Array.length t.ring) in
  t.ring <- Array.init capacity (fun i -> if i < t.count then chunk t i else no_chunk);
  t.first <- 0

let add_chunk t added =
  if t.count = Array.length t.ring then grow t;
  t.ring.(index t t.count) <- added;
  t.count <- t.count + 1;
  Memory_budget.hold t.account (cost added);
  added

let add_block t pool = add_chunk t { block = take_block pool; used = 0; shared = false }

let append_shared t buf =
  let used = Cstruct.length buf in
  ignore (add_chunk t { block = buf; used; shared = true });
  t.length <- t.length + used

let append_copy t buf =
  let len = Cstruct.length buf in
  let rec go from =
    if from < len then begin
      let last = if t.count = 0 then no_chunk else chunk t (t.count - 1) in
      let last =
        if last.used < Cstruct.length last.block then last
        else
          let is_little = t.length = 0 && len - from <= small_block in
          add_block t
            (if is_little || Memory_budget.room t.account < large_block then small
             else large)
      in
      let n = Int.min (len - from) (Cstruct.length last.block - last.used) in
      Cstruct.blit buf from last.block last.used n;
      last.used <- last.used + n;
      t.length <- t.length + n;
      go (from + n)
    end
  in
  go 0

let append t buf = if is_shared buf then append_shared t buf else append_copy t buf

(* Mostly the octets that follow those of the last time. *)
let find t pos =
  if pos < t.near_at then begin
    t.near <- 0;
    t.near_at <- 0
  end;
  while pos >= t.near_at + (chunk t t.near).used do
    t.near_at <- t.near_at + (chunk t t.near).used;
    t.near <- t.near + 1
  done

let slices t ~off ~len =
  if off < 0 || len < 0 || off + len > t.length then
    invalid_arg "Tcp_send_queue.slices";
  let rec go i within len =
    let { block; used; _ } = chunk t i in
    let n = Int.min len (used - within) in
    let part = Cstruct.sub block within n in
    if n = len then [ part ] else part :: go (i + 1) 0 (len - n)
  in
  if len = 0 then []
  else begin
    let pos = t.head + off in
    find t pos;
    go t.near (pos - t.near_at) len
  end

let remove_first t ~reuse =
  let first = chunk t 0 in
  let used = first.used in
  if not first.shared then give_back first.block ~reuse;
  Memory_budget.hold t.account (-cost first);
  t.ring.(t.first) <- no_chunk;
  t.first <- index t 1;
  t.count <- t.count - 1;
  t.head <- t.head - used;
  if t.near > 0 then begin
    t.near <- t.near - 1;
    t.near_at <- t.near_at - used
  end

let drop t ~reuse n =
  t.head <- t.head + n;
  t.length <- t.length - n;
  while t.count > 0 && (t.length = 0 || t.head >= (chunk t 0).used) do
    remove_first t ~reuse
  done;
  if t.count = 0 then begin
    t.ring <- [||];
    t.first <- 0;
    t.head <- 0;
    t.near <- 0;
    t.near_at <- 0
  end
