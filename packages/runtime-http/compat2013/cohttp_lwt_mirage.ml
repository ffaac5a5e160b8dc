(* SPDX-License-Identifier: ISC *)

module Request = Cohttp.Request
module Response = Cohttp.Response
module Body = Cohttp_lwt.Body
module Server = HTTP.Server

let callback f conn request body =
  match body with
  | `Empty -> f conn ?body:None request
  | body -> f conn ?body:(Some body) request
