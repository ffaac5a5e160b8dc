(* SPDX-License-Identifier: ISC *)

(* A channel over three functions: the tests' network is a script, or a socket. *)

open Lwt.Infix

type flow = {
  read : unit -> Cstruct.t option Lwt.t;
  write : Cstruct.t list -> unit Lwt.t;
  close : unit -> unit Lwt.t;
}

type buffer = Cstruct.t
type 'a io = 'a Lwt.t
type 'a io_stream = 'a Lwt_stream.t

type t = {
  flow : flow;
  mutable received : Cstruct.t;
  mutable pending : Cstruct.t list;
}

let create flow = { flow; received = Cstruct.empty; pending = [] }
let to_flow t = t.flow

let rec fill t =
  if Cstruct.length t.received > 0 then Lwt.return_unit
  else
    t.flow.read () >>= function
    | None -> Lwt.fail End_of_file
    | Some data ->
        t.received <- data;
        fill t

let read_some ?(len = max_int) t =
  fill t >|= fun () ->
  let taken, rest =
    Cstruct.split t.received (min len (Cstruct.length t.received))
  in
  t.received <- rest;
  taken

let read_char t = read_some ~len:1 t >|= fun c -> Cstruct.get_char c 0
let unused _ = failwith "the server does not use this"
let read_until t _ = unused t
let read_stream ?len:_ t = unused t
let read_line t = unused t
let write_buffer t data = t.pending <- data :: t.pending

let write_string t s off len =
  write_buffer t (Cstruct.of_string (String.sub s off len))

let write_char t c = write_string t (String.make 1 c) 0 1
let write_line t s = write_string t (s ^ "\n") 0 (String.length s + 1)

let flush t =
  let parts = List.rev t.pending in
  t.pending <- [];
  t.flow.write parts

let close t = flush t >>= fun () -> t.flow.close ()
