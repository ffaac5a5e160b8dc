(* SPDX-License-Identifier: ISC *)

exception Broken of string

let broken fmt = Printf.ksprintf (fun why -> raise (Broken why)) fmt

type part = { address : int; length : int; writable : bool }

type t = {
  memory : Cstruct.t;
  address : int;
  size : int;
  event_index : bool;
  barrier : unit -> unit;
  next : int array;  (** of a chain's descriptor, and of a free one *)
  lengths : int array;
      (** parts of the chain that begins with that descriptor; 0 if none does *)
  writable : int array;  (** octets of it that the device may write *)
  mutable first_free : int;
  mutable free : int;
  mutable in_use : int;  (** chains *)
  mutable added : int;  (** indices into the rings, modulo 2¹⁶ *)
  mutable published : int;
  mutable used : int;
}

(* {2 The three areas: sections 2.7.5, 2.7.6 and 2.7.8} *)

let descriptor_size = 16
let used_element_size = 8
let flag_next = 1
let flag_writable = 2
let align n alignment = (n + alignment - 1) land -alignment
let driver_offset size = descriptor_size * size
let device_offset size = align (driver_offset size + 6 + (2 * size)) 4
let octets size = device_offset size + 6 + (used_element_size * size)
let wrap i = i land 0xffff
let[@inline never] get16 t at = Cstruct.LE.get_uint16 t.memory at
let[@inline never] set16 t at v = Cstruct.LE.set_uint16 t.memory at v
let[@inline never] set32 t at v = Cstruct.LE.set_uint32 t.memory at (Int32.of_int v)

let[@inline never] get32 t at =
  Int32.to_int (Cstruct.LE.get_uint32 t.memory at) land 0xffff_ffff

let avail_index t = driver_offset t.size + 2
let avail_entry t i = driver_offset t.size + 4 + (2 * (i land (t.size - 1)))
let used_event t = driver_offset t.size + 4 + (2 * t.size)
let used_flags t = device_offset t.size
let used_index t = device_offset t.size + 2

let used_entry t i =
  device_offset t.size + 4 + (used_element_size * (i land (t.size - 1)))

let avail_event t = device_offset t.size + 4 + (used_element_size * t.size)

let create memory ~address ~size ~event_index ~barrier =
  if size < 1 || size > 32768 || size land (size - 1) <> 0 then
    invalid_arg "Virtqueue.create: the size is no power of two";
  if Cstruct.length memory < octets size then
    invalid_arg "Virtqueue.create: too little memory";
  let t =
    {
      memory;
      address;
      size;
      event_index;
      barrier;
      next = Array.init size (fun i -> i + 1);
      lengths = Array.make size 0;
      writable = Array.make size 0;
      first_free = 0;
      free = size;
      in_use = 0;
      added = 0;
      published = 0;
      used = 0;
    }
  in
  (* No interrupts before they are asked for: VIRTQ_AVAIL_F_NO_INTERRUPT, or an index that
     is far away. *)
  if event_index then set16 t (used_event t) 0xffff else set16 t (driver_offset size) 1;
  t

let descriptor_area t = t.address
let driver_area t = t.address + driver_offset t.size
let device_area t = t.address + device_offset t.size

(* {2 Buffers} *)

let free t = t.free

let set_descriptor t i (part : part) ~more =
  let at = i * descriptor_size in
  set32 t at (part.address land 0xffff_ffff);
  set32 t (at + 4) (part.address lsr 32);
  set32 t (at + 8) part.length;
  set16 t (at + 12)
    ((if more then flag_next else 0) lor if part.writable then flag_writable else 0);
  set16 t (at + 14) (if more then t.next.(i) else 0)

let rec fill t i = function
  | [] -> i
  | part :: rest ->
      set_descriptor t i part ~more:(rest <> []);
      fill t t.next.(i) rest

let add t parts =
  let count = List.length parts in
  if count = 0 || count > t.free then invalid_arg "Virtqueue.add";
  let head = t.first_free in
  t.first_free <- fill t head parts;
  t.free <- t.free - count;
  t.in_use <- t.in_use + 1;
  t.lengths.(head) <- count;
  t.writable.(head) <-
    List.fold_left
      (fun sum (part : part) -> if part.writable then sum + part.length else sum)
      0 parts;
  set16 t (avail_entry t t.added) head;
  t.added <- wrap (t.added + 1);
  head

(* Section 2.7.10: with event indices, the device wants to hear of the chain that has the
   index it has written. *)
let publish t =
  let before = t.published in
  if t.added = before then false
  else begin
    t.barrier ();
    set16 t (avail_index t) t.added;
    t.published <- t.added;
    t.barrier ();
    if t.event_index then
      wrap (t.added - get16 t (avail_event t) - 1) < wrap (t.added - before)
    else get16 t (used_flags t) land 1 = 0
  end

let rec last_of t i count = if count = 1 then i else last_of t t.next.(i) (count - 1)

let release t head =
  let count = t.lengths.(head) in
  t.next.(last_of t head count) <- t.first_free;
  t.first_free <- head;
  t.free <- t.free + count;
  t.in_use <- t.in_use - 1;
  t.lengths.(head) <- 0

(* What was published and has not come back yet. *)
let pending t =
  let n = wrap (get16 t (used_index t) - t.used) in
  t.barrier ();
  if n > t.in_use then
    broken "the device is done with %d buffers, but has only %d" n t.in_use;
  n

let take_one t handle =
  let at = used_entry t t.used in
  let chain = get32 t at and length = get32 t (at + 4) in
  t.used <- wrap (t.used + 1);
  if chain >= t.size || t.lengths.(chain) = 0 then
    broken "the device is done with buffer %d, which it has not" chain;
  if length > t.writable.(chain) then
    broken "the device has written %d octets where there was room for %d" length
      t.writable.(chain);
  release t chain;
  handle ~chain ~length

let take_used t ~limit handle =
  let n = pending t in
  for _ = 1 to min n limit do
    take_one t handle
  done;
  n > limit

let ask t =
  if t.event_index then set16 t (used_event t) t.used
  else set16 t (driver_offset t.size) 0;
  t.barrier ();
  pending t > 0
