let pages = Metrics.counter ~help:"Pages that were served." "shop_pages_total"

module Main (Http : HTTP.Server) = struct
  let start http =
    let callback _ _ _ =
      Metrics.increment pages;
      Http.respond_string ~status:`OK ~body:"open" ()
    in
    http { Http.callback; conn_closed = ignore }
end
