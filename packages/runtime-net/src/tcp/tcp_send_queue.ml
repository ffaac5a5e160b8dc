(* SPDX-License-Identifier: ISC *)

let block_size = 0x4000
let max_spare = 64
let spare : Cstruct.t Stack.t = Stack.create ()

let blocks_in_use = ref 0
let memory_in_use () = !blocks_in_use * block_size

let take_block () =
  incr blocks_in_use;
  match Stack.pop_opt spare with
  | Some block -> block
  | None -> Cstruct.create_unsafe block_size

let give_back block =
  if Stack.length spare < max_spare then Stack.push block spare

type t = {
  mutable ring : Cstruct.t array;
  mutable first : int;  (** index of the first block *)
  mutable count : int;  (** of blocks *)
  mutable head : int;  (** octets of the first block that are gone *)
  mutable length : int;
}

let create () = { ring = [||]; first = 0; count = 0; head = 0; length = 0 }
let length t = t.length
let block t i = t.ring.((t.first + i) mod Array.length t.ring)

let grow t =
  let capacity = Int.max 4 (2 * Array.length t.ring) in
  t.ring <-
    Array.init capacity (fun i -> if i < t.count then block t i else Cstruct.empty);
  t.first <- 0

let add_block t =
  if t.count = Array.length t.ring then grow t;
  t.ring.((t.first + t.count) mod Array.length t.ring) <- take_block ();
  t.count <- t.count + 1

let append t buf =
  let len = Cstruct.length buf in
  let rec go from =
    if from < len then begin
      let tail = t.head + t.length in
      if tail = t.count * block_size then add_block t;
      let within = tail mod block_size in
      let n = Int.min (len - from) (block_size - within) in
      Cstruct.blit buf from (block t (tail / block_size)) within n;
      t.length <- t.length + n;
      go (from + n)
    end
  in
  go 0

let slices t ~off ~len =
  if off < 0 || len < 0 || off + len > t.length then
    invalid_arg "Tcp_send_queue.slices";
  let rec go pos len =
    if len = 0 then []
    else
      let within = pos mod block_size in
      let n = Int.min len (block_size - within) in
      Cstruct.sub (block t (pos / block_size)) within n :: go (pos + n) (len - n)
  in
  go (t.head + off) len

let remove_first t ~reuse =
  decr blocks_in_use;
  if reuse then give_back t.ring.(t.first);
  t.ring.(t.first) <- Cstruct.empty;
  t.first <- (t.first + 1) mod Array.length t.ring;
  t.count <- t.count - 1

let drop t ~reuse n =
  t.head <- t.head + n;
  t.length <- t.length - n;
  while t.count > 0 && (t.head >= block_size || t.length = 0) do
    remove_first t ~reuse;
    t.head <- t.head - block_size
  done;
  if t.count = 0 then begin
    t.ring <- [||];
    t.first <- 0;
    t.head <- 0
  end
