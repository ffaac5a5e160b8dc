(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

module type INTERFACE = sig
  include NETWORK

  val on_change : t -> ([ `Gone | `Back ] -> unit) -> unit
end

module Main (C : CONSOLE) (N : INTERFACE) = struct
  let start console net =
    let changes, push = Lwt_stream.create () in
    N.on_change net (fun change -> push (Some change));
    C.log_s console "watching" >>= fun () ->
    Lwt_stream.iter_s
      (function
        | `Gone -> C.log_s console "without a network"
        | `Back -> C.log_s console "on a network")
      changes
end
