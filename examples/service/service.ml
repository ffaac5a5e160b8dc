(* SPDX-License-Identifier: ISC *)

let greeted = Metrics.counter ~help:"Visitors who were greeted." "service_greeted_total"
let is_open = ref true

module Main (Http : HTTP.Server) = struct
  let page ?(status = `OK) text = Http.respond_string ~status ~body:(text ^ "\n") ()

  let greet () =
    Metrics.increment greeted;
    Logs.info (fun f -> f "greeted a visitor");
    page (Arguments.greeting ())

  let callback _connection request _body =
    match Uri.path (Cohttp.Request.uri request) with
    | "/" -> greet ()
    | "/health" when !is_open -> page "open"
    | "/health" -> page ~status:`Service_unavailable "closed"
    (* What stands for all that keeps a service from working. *)
    | "/close" ->
        is_open := false;
        page "closed from now on"
    | _ -> page ~status:`Not_found "there is no such page"

  let start http = http { Http.callback; conn_closed = ignore }
end
