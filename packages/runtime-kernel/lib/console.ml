(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core

type 'a io = 'a Lwt.t
type error = [ `Invalid_console of string ]
type id = string
type t = { id : id }

let id t = t.id
let connect id = Lwt.return (`Ok { id })
let disconnect _ = Lwt.return_unit

(* All consoles are the same one, and so share its queue. *)
let turn = Lwt_mutex.create ()
let room : unit Lwt_condition.t = Lwt_condition.create ()
let queued = ref 0
let max_queued = 1024 * 1024

(* The most that a byte takes: the end of a line is two. *)
let enough = 2
let waiting = ref 0

let () =
  Source.add (fun () ->
      let any = !waiting > 0 && Kernel.console_room () >= enough in
      if any then Lwt_condition.broadcast room ();
      any)

let check buf off len =
  if off < 0 || len < 0 || off > String.length buf - len then
    invalid_arg "Console: range out of bounds"

let try_write buf off len = if len = 0 then 0 else Kernel.console_write buf off len

let write _ buf off len =
  check buf off len;
  if Lwt_mutex.is_locked turn then 0 else try_write buf off len

let wait_for_room () =
  incr waiting;
  Lwt.finalize
    (fun () -> Lwt_condition.wait room)
    (fun () -> Lwt.return (decr waiting))

let rec write_in_turn buf off len =
  let n = try_write buf off len in
  if n = len then Lwt.return_unit
  else wait_for_room () >>= fun () -> write_in_turn buf (off + n) (len - n)

let write_all _ buf off len =
  check buf off len;
  queued := !queued + len;
  Lwt.finalize
    (fun () -> Lwt_mutex.with_lock turn (fun () -> write_in_turn buf off len))
    (fun () ->
      queued := !queued - len;
      Lwt.return_unit)

let log_s t line =
  let text = line ^ "\n" in
  write_all t text 0 (String.length text)

let log t line =
  if !queued < max_queued then Report.guard "console" (fun () -> log_s t line)

(* What was logged last often says why the program ends: give its reader a moment,
   but not for ever. *)
let () =
  OS.Main.at_exit (fun () ->
      Lwt.pick
        [ Lwt_mutex.with_lock turn Lwt.return; Timer.sleep 1_000_000_000 ])
