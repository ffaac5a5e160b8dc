(* SPDX-License-Identifier: ISC *)

let magic = "mirfs\000\000\001"
let head_length = 16
let entry_length = 32
let page = 4096

(* Values of less than a page start at a multiple of this. *)
let alignment = 16

type t = { memory : Cstruct.t; count : int }

let number memory offset = Int64.to_int (Cstruct.LE.get_uint64 memory offset)

let of_buffer buffer =
  let memory = Cstruct.of_bigarray buffer in
  let length = Cstruct.length memory in
  if
    length < head_length
    || Cstruct.to_string memory ~len:(String.length magic) <> magic
  then invalid_arg "Crunch_image.of_buffer: no image";
  let count = number memory (String.length magic) in
  if count < 0 || count > (length - head_length) / entry_length then
    invalid_arg "Crunch_image.of_buffer: the image is cut off";
  { memory; count }

(* A field of an entry: 0 key's offset, 1 its length, 2 value's offset, 3 its length. *)
let field { memory; _ } index n =
  number memory (head_length + (index * entry_length) + (n * 8))

let key_at t index =
  Cstruct.to_string t.memory ~off:(field t index 0) ~len:(field t index 1)

let value_at t index = Cstruct.sub t.memory (field t index 2) (field t index 3)

(* Like [String.compare key (key_at t index)], without a copy. *)
let compare_key t key index =
  let offset = field t index 0 and length = field t index 1 in
  let common = min (String.length key) length in
  let rec from i =
    if i = common then compare (String.length key) length
    else
      match Char.compare key.[i] (Cstruct.get_char t.memory (offset + i)) with
      | 0 -> from (i + 1)
      | difference -> difference
  in
  from 0

let find t key =
  let rec between low high =
    if low >= high then None
    else
      let middle = (low + high) / 2 in
      match compare_key t key middle with
      | 0 -> Some (value_at t middle)
      | difference when difference < 0 -> between low middle
      | _ -> between (middle + 1) high
  in
  between 0 t.count

let keys t = List.init t.count (key_at t)

type layout = { head : string; offsets : int array; length : int }

let round_up offset multiple = (offset + multiple - 1) / multiple * multiple

(* Where a value of [length] octets goes if the memory is taken up to [offset]. *)
let place offset length =
  let start = round_up offset alignment in
  if length >= page then round_up offset page
  else if (start mod page) + length > page then round_up start page
  else start

let check_order entries =
  for i = 1 to Array.length entries - 1 do
    if fst entries.(i - 1) >= fst entries.(i) then
      invalid_arg "Crunch_image.layout: keys must increase"
  done

let layout entries =
  check_order entries;
  let count = Array.length entries in
  let keys = String.concat "" (List.map fst (Array.to_list entries)) in
  let keys_start = head_length + (count * entry_length) in
  let values_start = keys_start + String.length keys in
  let head = Bytes.make values_start '\000' in
  let set offset n = Bytes.set_int64_le head offset (Int64.of_int n) in
  Bytes.blit_string magic 0 head 0 (String.length magic);
  set (String.length magic) count;
  Bytes.blit_string keys 0 head keys_start (String.length keys);
  let key_start = ref keys_start and free = ref values_start in
  let add index (key, length) =
    let entry = head_length + (index * entry_length) in
    let start = place !free length in
    set entry !key_start;
    set (entry + 8) (String.length key);
    set (entry + 16) start;
    set (entry + 24) length;
    key_start := !key_start + String.length key;
    free := start + length;
    start
  in
  let offsets = Array.mapi add entries in
  { head = Bytes.unsafe_to_string head; offsets; length = !free }
