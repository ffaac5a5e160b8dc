(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

module Console_1_1 (C : V1_LWT.CONSOLE) = struct
  include C

  let log t line = C.log t (line ^ "\r")
  let log_s t line = C.log_s t (line ^ "\r")
end

module Entropy_1_2 (E : V1_LWT.ENTROPY) = struct
  type 'a io = 'a Lwt.t
  type t = E.t
  type id = E.id
  type error = [ `No_entropy_device of string ]
  type buffer = Cstruct.t
  type handler = source:int -> buffer -> unit

  let id = E.id

  let connect id =
    E.connect id >|= function
    | `Ok t -> `Ok t
    | `Error (`Invalid_entropy why) -> `Error (`No_entropy_device why)

  let disconnect = E.disconnect

  let handler t f =
    E.entropy t 32 >|= function `Ok bytes -> f ~source:0 bytes | `Error _ -> ()
end

let ok written = written >|= fun () -> `Ok ()

module Console_2_0 (C : V1_LWT.CONSOLE) = struct
  type 'a io = 'a Lwt.t
  type t = C.t
  type id = C.id
  type error = [ `Invalid_console of string ]
  type buffer = Cstruct.t

  let id = C.id
  let connect = C.connect
  let disconnect = C.disconnect
  let read _ = Lwt.return `Eof
  let write_string t text = ok (C.write_all t text 0 (String.length text))
  let write t buffer = write_string t (Cstruct.to_string buffer)
  let writev t buffers = write_string t (Cstruct.copyv buffers)
  let close _ = Lwt.return_unit
  let log = C.log
  let log_s = C.log_s
end

module Stackv4_2_0 (S : V1_LWT.STACKV4) = struct
  include S

  module TCPV4 = struct
    include S.TCPV4

    let write flow data = ok (S.TCPV4.write flow data)
    let writev flow parts = ok (S.TCPV4.writev flow parts)
  end
end
