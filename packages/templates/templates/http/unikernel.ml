(* SPDX-License-Identifier: ISC *)

module Main
    (Console : V1_LWT.CONSOLE)
    (Clock : V1_LWT.CLOCK)
    (Http : HTTP.Server) =
struct
  let time () =
    let { Clock.tm_hour; tm_min; tm_sec; _ } = Clock.gmtime (Clock.time ()) in
    Printf.sprintf "%02d:%02d:%02d UTC\n" tm_hour tm_min tm_sec

  let text body = Http.respond_string ~status:`OK ~body ()

  let route uri =
    match String.split_on_char '/' (Uri.path uri) with
    | [ ""; "" ] -> text "ask for /time or /hello/NAME\n"
    | [ ""; "time" ] -> text (time ())
    | [ ""; "hello"; name ] -> text ("hello " ^ Uri.pct_decode name ^ "\n")
    | _ -> Http.respond_not_found ~uri ()

  let start console http =
    let callback _connection request _body =
      let uri = Cohttp.Request.uri request in
      Console.log console (Uri.path uri);
      Http.only [ `GET; `HEAD ] request (fun () -> route uri)
    in
    http { Http.callback; conn_closed = ignore }
end
