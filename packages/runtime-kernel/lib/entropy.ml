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
    let buffer = Cstruct.create_unsafe n in
    if Mirage_runtime_kernel_core.Kernel.entropy buffer.buffer then
      Lwt.return (`Ok buffer)
    else
      Lwt.return
        (`Error (`Invalid_entropy "neither the processor nor a device has randomness to give"))
