(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Cohttp
module Request = Request
module Response = Response
module Body = Cohttp_lwt.Body
module IO = Http_io

type conn = Listening.conn
type response_action = Server_intf.response_action

type t = Listening.server = {
  callback : conn -> Request.t -> Body.t -> Listening.response Lwt.t;
  conn_closed : conn -> unit;
}

let make ?(conn_closed = ignore) ~callback () =
  { Listening.callback; conn_closed }

let make_response_action ?conn_closed ~callback () =
  let callback conn request body =
    callback conn request body >|= function
    | `Response response -> response
    | `Expert (response, handler) ->
        (response, Attachment.body (Takeover handler))
  in
  make ?conn_closed ~callback ()

let make_expert ?conn_closed ~callback () =
  let callback conn request body =
    callback conn request body >|= fun expert -> `Expert expert
  in
  make_response_action ?conn_closed ~callback ()

let callback server peer ic oc =
  let conn = (peer, Connection.create ()) in
  let log line = !Listening.log line in
  Serve.answer Config.default ~log (Reader.patience ic) ic oc
    (server.Listening.callback conn)
  >|= fun _ ->
  Listening.closed server conn

let resolve_local_file ~docroot ~uri =
  Filename.concat docroot (Site_path.resolved (Site_path.of_target (Uri.path uri)))

let respond ?headers ?flush ~status ~body () =
  let encoding = Body.transfer_encoding body in
  Lwt.return (Response.make ~status ?flush ~encoding ?headers (), body)

let respond_string ?flush ?headers ~status ~body () =
  respond ?flush ?headers ~status ~body:(Body.of_string body) ()

let respond_cstructs ?(headers = Header.init ()) ~status ~body () =
  let length = Int64.of_int (Cstruct.lenv body) in
  let response =
    Cohttp_bridge.response ~status ~encoding:(Fixed length) headers
  in
  Lwt.return (response, Attachment.body (Views (body, None)))

let respond_text ?(headers = Header.init ()) ~status ~body () =
  let headers =
    Header.add_unless_exists headers "content-type" "text/plain; charset=utf-8"
  in
  respond_string ~headers ~status ~body ()

let respond_error ?headers ?(status = `Internal_server_error) ~body () =
  respond_text ?headers ~status ~body:("Error: " ^ body) ()

let respond_redirect ?(headers = Header.init ()) ~uri () =
  let headers =
    Header.add_unless_exists headers "location" (Uri.to_string uri)
  in
  respond ~headers ~status:`Found ~body:`Empty ()

let respond_need_auth ?(headers = Header.init ()) ~auth () =
  let headers = Header.add_authorization_req headers auth in
  respond ~headers ~status:`Unauthorized ~body:`Empty ()

let respond_not_found ?uri () =
  let body =
    match uri with
    | None -> "Not found"
    | Some uri -> "Not found: " ^ Uri.to_string uri
  in
  respond_text ~status:`Not_found ~body ()

let only methods request answer =
  match Request.meth request with
  | meth when List.mem meth methods -> answer ()
  | meth -> Lwt.return (Method_refusal.response ~allowed:methods meth)
