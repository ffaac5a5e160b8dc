(* SPDX-License-Identifier: ISC *)

(* Answers a request for /a/ with the file a/index.html, and so on. *)
module Main
    (Console : V1_LWT.CONSOLE)
    (Files : V1_LWT.KV_RO)
    (Http : HTTP.Server) =
struct
  module Static = HTTP.Static (Files)

  let start console files http =
    let callback _connection request _body =
      Console.log console (Cohttp.Request.resource request);
      Static.serve files request
    in
    http { Http.callback; conn_closed = ignore }
end
