(* SPDX-License-Identifier: ISC *)

type 'a t = 'a Lwt.t

let ( >>= ) = Lwt.bind
let return = Lwt.return

type ic = Reader.t
type oc = Output.t
type conn = (Ipaddr.V4.t * int) option

let max_line = 8 * 1024

let without_end line =
  let length = String.length line - 1 in
  let length =
    if length > 0 && line.[length - 1] = '\r' then length - 1 else length
  in
  String.sub line 0 length

let read_line ic =
  Reader.line ic ~limit:max_line >>= function
  | Reader.Found line -> return (Some (without_end line))
  | Too_long | Ended -> return None

let read ic max = Reader.some ic ~max

let write oc text =
  Output.add oc text;
  if Output.is_large oc then Output.flush oc else Lwt.return_unit

let flush = Output.flush

type error = exn

let catch f =
  Lwt.try_bind f Lwt.return_ok (function
    | (Transport.Broken | Patience.Stopped _) as e -> Lwt.return_error e
    | e -> Lwt.fail e)

let pp_error formatter e = Format.pp_print_string formatter (Printexc.to_string e)
