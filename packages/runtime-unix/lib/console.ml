(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_unix_io

type 'a io = 'a Lwt.t
type error = [ `Invalid_console of string ]
type id = string
type t = { id : id }

let id t = t.id
let connect id = Lwt.return (`Ok { id })
let disconnect _ = Lwt.return_unit

(* All consoles are the one standard output, and so share its queue. *)
let writer = Writer.create Lwt_unix.stdout
let queued = ref 0
let max_queued = 1024 * 1024

(* Output that nobody can read any more is lost, which is not the program's
   failure: then everything counts as taken. *)
let try_write buf off len =
  match Fd.write_shared Unix.stdout buf off len with
  | Some n -> n
  | None -> 0
  | exception Unix.Unix_error _ -> len

let rec write_some buf off len =
  match try_write buf off len with
  | 0 -> 0
  | n when n = len -> n
  | n -> n + write_some buf (off + n) (len - n)

let write _ = write_some

let write_all _ buf off len =
  let sent = ref 0 in
  queued := !queued + len;
  Lwt.finalize
    (fun () ->
      Writer.write writer (fun () ->
          sent := !sent + write_some buf (off + !sent) (len - !sent);
          !sent = len))
    (fun () ->
      queued := !queued - len;
      Lwt.return_unit)

let log_s t line =
  let text = line ^ "\n" in
  write_all t text 0 (String.length text)

let log t line =
  if !queued < max_queued then Report.guard "console" (fun () -> log_s t line)

(* What was logged last often says why the program ends: give its reader a
   moment, but not for ever. *)
let () =
  Lwt_main.at_exit (fun () ->
      if !queued = 0 then Lwt.return_unit
      else Lwt.pick [ Writer.idle writer; Lwt_unix.sleep 1. ] >|= ignore)
