(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

module Main (C : CONSOLE) (S : STACKV4) = struct
  module T = S.TCPV4

  let rec echo flow =
    T.read flow >>= function
    | `Ok data -> T.write flow data >>= fun () -> echo flow
    | `Eof | `Error _ -> T.close flow

  let start console stack =
    S.listen_tcpv4 stack ~port:7 echo;
    C.log_s console "ready" >>= fun () -> S.listen stack
end
