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
  else Lwt.return (`Ok (Mirage_runtime_js_host.Host.random n))
