(* SPDX-License-Identifier: ISC *)

let pages = Metrics.counter ~help:"Pages that were served." "told_pages_total"

module Main (Http : HTTP.Server) = struct
  let start http =
    Logs.debug (fun f -> f "it says %s" (Arguments.greeting ()));
    let callback _ _ _ =
      Metrics.increment pages;
      Http.respond_string ~status:`OK ~body:(Arguments.greeting ()) ()
    in
    http { Http.callback; conn_closed = ignore }
end
