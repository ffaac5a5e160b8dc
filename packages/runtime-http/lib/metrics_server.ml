(* SPDX-License-Identifier: ISC *)

let max_connections = 16
let is_asked request = Uri.path (Cohttp.Request.uri request) = "/metrics"

let callback _ request _ =
  match Cohttp.Request.meth request with
  | (`GET | `HEAD) when is_asked request ->
      let headers = Cohttp.Header.init_with "content-type" Metrics.content_type in
      HTTP.Server.respond_string ~headers ~status:`OK ~body:(Metrics.to_text ()) ()
  | `GET | `HEAD ->
      HTTP.Server.respond_string ~status:`Not_found ~body:"the metrics are at /metrics\n" ()
  | _ -> HTTP.Server.respond_string ~status:`Method_not_allowed ~body:"only GET is allowed\n" ()

module Make (S : Http_stack.STACK) = struct
  module Http = Http_stack.Make (S)

  let listen ?(config = HTTP.Config.default) stack ~port =
    let config = { config with max_connections } in
    Http.listen ~config stack ~port { HTTP.callback; conn_closed = ignore }
end
