(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core

type reference = int

let page_size = 4096
let entry_size = 8
let entries_per_frame = page_size / entry_size

(* The toolstack's own: console, store and others (xen/grant_table.h). *)
let reserved = 8
let permit_access = 1
let read_only = 4
let frames : Cstruct.t array ref = ref [||]
let free : reference Stack.t = Stack.create ()

let add_frame () =
  let index = Array.length !frames in
  let page = Kernel.page_alloc () in
  Hypervisor.map_grants index page;
  frames := Array.append !frames [| Cstruct.of_bigarray page |];
  let first = index * entries_per_frame in
  for reference = first + entries_per_frame - 1 downto max first reserved do
    Stack.push reference free
  done

let entry reference =
  ( !frames.(reference / entries_per_frame),
    reference mod entries_per_frame * entry_size )

let give ~domain ~writable page =
  if Stack.is_empty free then add_frame ();
  let reference = Stack.pop free in
  let table, offset = entry reference in
  Field.set16 table (offset + 2) domain;
  Field.set32 table (offset + 4) (Kernel.address page / page_size);
  Kernel.barrier ();
  Field.set16 table offset
    (permit_access lor if writable then 0 else read_only);
  reference

let take_back reference =
  let table, offset = entry reference in
  let ended = Hypervisor.end_grant table.buffer offset in
  if ended then Stack.push reference free;
  ended

type page = { memory : Cstruct.t; reference : reference }

let page ~domain ~writable =
  let page = Kernel.page_alloc () in
  { memory = Cstruct.of_bigarray page; reference = give ~domain ~writable page }

let free_page { memory; reference } =
  if take_back reference then Kernel.page_free memory.buffer
