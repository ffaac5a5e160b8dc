(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

type t = {
  transport : Transport.t;
  mutable pending : string list;  (** the last one first *)
  mutable length : int;
}

let create transport = { transport; pending = []; length = 0 }
let max_write = 64 * 1024

let add t text =
  if text <> "" then begin
    t.pending <- text :: t.pending;
    t.length <- t.length + String.length text
  end

let is_large t = t.length >= max_write

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

(* Copies up to [max_write] octets from [texts], of which the first [skip] are sent
   already; what is left of them. *)
let rec fill write at skip = function
  | text :: rest when at < Cstruct.length write ->
      let length =
        min (String.length text - skip) (Cstruct.length write - at)
      in
      Cstruct.blit_from_string text skip write at length;
      if skip + length = String.length text then fill write (at + length) 0 rest
      else (skip + length, text :: rest)
  | rest -> (skip, rest)

let flush t =
  let rec send left skip texts =
    if left = 0 then Lwt.return_unit
    else begin
      let write = memory (min left max_write) in
      let skip, texts = fill write 0 skip texts in
      t.transport.write [ write ] >>= fun () ->
      send (left - Cstruct.length write) skip texts
    end
  in
  let texts = List.rev t.pending and length = t.length in
  t.pending <- [];
  t.length <- 0;
  send length 0 texts
