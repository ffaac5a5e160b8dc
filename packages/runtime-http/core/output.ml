(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

type part = Text of string | View of Cstruct.t

type t = {
  transport : Transport.t;
  patience : Patience.t;
  mutable pending : part list;  (** the last one first *)
  mutable length : int;  (** octets in [pending] *)
  mutable text : int;  (** octets of text in [pending], or being sent *)
}

let create transport patience =
  { transport; patience; pending = []; length = 0; text = 0 }

(* A write shows no progress before its end: whoever takes this much in the time that
   a transfer may stand still is not too slow. *)
let max_write = 64 * 1024

let add t text =
  let length = String.length text in
  if length > 0 then begin
    t.pending <- Text text :: t.pending;
    t.length <- t.length + length;
    t.text <- t.text + length
  end

let add_view t view =
  if Cstruct.length view > 0 then begin
    t.pending <- View view :: t.pending;
    t.length <- t.length + Cstruct.length view
  end

let is_large t = t.length >= max_write

let clear t =
  t.pending <- [];
  t.length <- 0;
  t.text <- 0

(* Small writes share a block of memory: a network stack keeps what it is given
   until the peer has acknowledged it, so no write may reuse another's. *)
let block = ref Cstruct.empty

let memory length =
  if length > max_write / 4 then Cstruct.create_unsafe length
  else begin
    if Cstruct.length !block < length then
      block := Cstruct.create_unsafe max_write;
    let taken, rest = Cstruct.split !block length in
    block := rest;
    taken
  end

(* How much text comes before the next view, [max] at the most. *)
let rec text_ahead max skip = function
  | Text text :: rest when max > 0 ->
      let length = min max (String.length text - skip) in
      length + text_ahead (max - length) 0 rest
  | _ -> 0

(* Copies text into [memory] from [at] on; what is left, of whose first part [skip]
   octets are gone. *)
let rec copy memory at skip parts =
  match parts with
  | Text text :: rest when at < Cstruct.length memory ->
      let left = String.length text - skip in
      let length = min left (Cstruct.length memory - at) in
      Cstruct.blit_from_string text skip memory at length;
      if length = left then copy memory (at + length) 0 rest
      else (skip + length, parts)
  | _ -> (skip, parts)


(* The next write, its length, and what is left. *)
let rec next_write write length skip parts =
  match parts with
  | View view :: rest when length < max_write ->
      let view = Cstruct.shift view skip in
      let taken = min (Cstruct.length view) (max_write - length) in
      let write = Cstruct.sub view 0 taken :: write in
      if taken = Cstruct.length view then next_write write (length + taken) 0 rest
      else (List.rev write, skip + taken, parts)
  | Text _ :: _ when length < max_write ->
      let text = text_ahead (max_write - length) skip parts in
      let memory = memory text in
      let skip, parts = copy memory 0 skip parts in
      next_write (memory :: write) (length + text) skip parts
  | _ -> (List.rev write, skip, parts)

(* The text that a peer is slow to take counts as held for it. *)
let send t write =
  let sending = t.transport.write write in
  match Lwt.state sending with
  | Lwt.Return _ | Lwt.Fail _ -> Patience.wait t.patience Transfer sending
  | Lwt.Sleep ->
      let member = Patience.member t.patience in
      let held = t.text in
      if Roster.take member held then
        Patience.wait t.patience Transfer sending >|= fun () ->
        Roster.give_back member held
      else Lwt.fail (Patience.Stopped Shed)

let rec send_all t skip = function
  | [] ->
      t.text <- 0;
      Lwt.return_unit
  | parts ->
      let write, skip, rest = next_write [] 0 skip parts in
      send t write >>= fun () -> send_all t skip rest

let flush t =
  match t.pending with
  | [] -> Lwt.return_unit
  | pending ->
      t.pending <- [];
      t.length <- 0;
      send_all t 0 (List.rev pending)
