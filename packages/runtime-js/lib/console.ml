(* SPDX-License-Identifier: ISC *)

type 'a io = 'a Lwt.t
type error = [ `Invalid_console of string ]
type id = string
type t = { id : id }

let id t = t.id
let connect id = Lwt.return (`Ok { id })
let disconnect _ = Lwt.return_unit

(* By the channel, so that it stays in order with what goes there otherwise. *)
let write _ buf off len =
  print_string (String.sub buf off len);
  flush stdout;
  len

let write_all t buf off len =
  match write t buf off len with
  | _ -> Lwt.return_unit
  | exception e -> Lwt.fail e

let log _ line = print_endline line
let log_s t line = Lwt.return (log t line)
