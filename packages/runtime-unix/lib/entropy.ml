(* SPDX-License-Identifier: ISC *)

type 'a io = 'a Lwt.t
type buffer = Cstruct.t
type error = [ `Invalid_entropy of string ]
type id = unit
type t = unit

let id () = ()
let connect () = Lwt.return (`Ok ())
let disconnect () = Lwt.return_unit

let entropy () n =
  if n < 0 then Lwt.fail_invalid_arg "Entropy.entropy: negative length"
  else
    match Mirage_runtime_unix_io.Fd.random n with
    | bytes -> Lwt.return (`Ok bytes)
    | exception Unix.Unix_error (e, call, _) ->
        Lwt.return
          (`Error (`Invalid_entropy (call ^ ": " ^ Unix.error_message e)))
    | exception End_of_file ->
        Lwt.return (`Error (`Invalid_entropy "/dev/urandom: end of file"))
