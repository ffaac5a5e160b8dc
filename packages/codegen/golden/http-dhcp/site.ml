(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open V1_LWT

module Main (C : CONSOLE) (K : KV_RO) (H : HTTP.Server) = struct
  let start console static http =
    let callback _ _ _ = H.respond_string ~status:`OK ~body:"hello\n" () in
    http { H.callback; conn_closed = ignore }
end
