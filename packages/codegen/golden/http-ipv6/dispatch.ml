(* SPDX-License-Identifier: ISC *)

let callback _connection _request _body =
  HTTP.Server.respond_string ~status:`OK ~body:"hello" ()
