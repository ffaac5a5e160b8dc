(* SPDX-License-Identifier: ISC *)

module Main (Http : HTTP.Server) = struct
  let start http =
    Logs.debug (fun f -> f "it says %s" (Arguments.greeting ()));
    let callback _ _ _ = Http.respond_string ~status:`OK ~body:(Arguments.greeting ()) () in
    http { Http.callback; conn_closed = ignore }
end
