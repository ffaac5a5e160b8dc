(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
module Files = HTTP.Static (Filesystem_static)

(* Answers a request for /a/ with the file htdocs/a/index.html, and so on. *)
let callback _connection request _body =
  Filesystem_static.connect () >>= function
  | `Ok files -> Files.serve files request
  | `Error (Filesystem_static.Unknown_key key) -> Lwt.fail_with key
