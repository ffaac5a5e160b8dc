(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
module Files = Filesystem_static

let callback _connection request _body =
  let path = Uri.path (Cohttp.Request.uri request) in
  Files.connect () >>= function
  | `Error _ -> Lwt.fail_with "static"
  | `Ok files -> (
      Files.read files path 0 1_000_000 >>= function
      | `Error (Files.Unknown_key _) ->
          HTTP.Server.respond_string ~status:`Not_found ~body:"" ()
      | `Ok parts ->
          HTTP.Server.respond_string ~status:`OK ~body:(Cstruct.copyv parts) ())
