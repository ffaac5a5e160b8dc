(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core

type t = {
  memory : Cstruct.t;
  entry_size : int;
  size : int;
  mutable requests : int;
  mutable responses : int;
}

(* struct xxx_sring of xen/io/ring.h. *)
let requests_produced = 0
let request_event = 4
let responses_produced = 8
let response_event = 12
let header = 64

(* Indices are 32 bits wide and wrap. *)
let wrap i = i land 0xffff_ffff
let get t offset = Field.get32 t.memory offset
let set t offset i = Field.set32 t.memory offset i

let rec power_of_two_below n = if n < 2 then 1 else 2 * power_of_two_below (n / 2)

let create memory ~entry_size =
  let size = power_of_two_below ((Cstruct.length memory - header) / entry_size) in
  let t = { memory; entry_size; size; requests = 0; responses = 0 } in
  set t request_event 1;
  set t response_event 1;
  t

let size t = t.size

let entry t index =
  Cstruct.sub t.memory (header + (index land (t.size - 1) * t.entry_size)) t.entry_size

let free t = t.size - wrap (t.requests - t.responses)

let next_place t = t.requests land (t.size - 1)

let add_request t =
  let e = entry t t.requests in
  t.requests <- wrap (t.requests + 1);
  e

(* Whether the other side has asked for an event at one of the requests that it has
   not been told of so far (RING_PUSH_REQUESTS_AND_CHECK_NOTIFY). *)
let push_requests t =
  let before = get t requests_produced in
  Kernel.barrier ();
  set t requests_produced t.requests;
  Kernel.barrier ();
  wrap (t.requests - get t request_event) < wrap (t.requests - before)

exception Broken

let produced t =
  Kernel.barrier ();
  let n = wrap (get t responses_produced - t.responses) in
  Kernel.barrier ();
  if n > wrap (t.requests - t.responses) then raise Broken;
  n

let rec take t handle n =
  if n > 0 then begin
    let e = entry t t.responses in
    t.responses <- wrap (t.responses + 1);
    handle e;
    take t handle (n - 1)
  end

(* RING_FINAL_CHECK_FOR_RESPONSES *)
let ask_for_event t =
  set t response_event (wrap (t.responses + 1));
  produced t > 0

let rec take_responses ?(limit = max_int) ?(wake = true) t handle =
  let n = produced t in
  take t handle (min n limit);
  if n > limit then true
  else wake && ask_for_event t && take_responses ~limit:(limit - n) ~wake t handle
