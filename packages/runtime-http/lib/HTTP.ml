(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_http_core

type conn = Listening.conn
type response = Listening.response

type server = Listening.server = {
  callback : conn -> Cohttp.Request.t -> Cohttp_lwt.Body.t -> response Lwt.t;
  conn_closed : conn -> unit;
}

module type Server = sig
  module Request = Cohttp.Request
  module Response = Cohttp.Response
  module Body = Cohttp_lwt.Body

  type nonrec conn = conn

  type t = server = {
    callback : conn -> Request.t -> Body.t -> response Lwt.t;
    conn_closed : conn -> unit;
  }

  val respond :
    ?headers:Cohttp.Header.t ->
    ?flush:bool ->
    status:Cohttp.Code.status_code ->
    body:Body.t ->
    unit ->
    response Lwt.t

  val respond_string :
    ?flush:bool ->
    ?headers:Cohttp.Header.t ->
    status:Cohttp.Code.status_code ->
    body:string ->
    unit ->
    response Lwt.t

  val respond_cstructs :
    ?headers:Cohttp.Header.t ->
    status:Cohttp.Code.status_code ->
    body:Cstruct.t list ->
    unit ->
    response Lwt.t

  val respond_error :
    ?headers:Cohttp.Header.t ->
    ?status:Cohttp.Code.status_code ->
    body:string ->
    unit ->
    response Lwt.t

  val respond_redirect :
    ?headers:Cohttp.Header.t -> uri:Uri.t -> unit -> response Lwt.t

  val respond_need_auth :
    ?headers:Cohttp.Header.t ->
    auth:Cohttp.Auth.challenge ->
    unit ->
    response Lwt.t

  val respond_not_found : ?uri:Uri.t -> unit -> response Lwt.t
end

let max_piece = 64 * 1024

let body_of_cstructs buffers =
  let rest = ref buffers in
  let rec next () =
    match !rest with
    | [] -> None
    | buffer :: others when Cstruct.length buffer <= max_piece ->
        rest := others;
        if Cstruct.length buffer = 0 then next ()
        else Some (Cstruct.to_string buffer)
    | buffer :: others ->
        let piece, left = Cstruct.split buffer max_piece in
        rest := left :: others;
        Some (Cstruct.to_string piece)
  in
  Cohttp_lwt.Body.of_stream (Lwt_stream.from_direct next)

module Server = struct
  module Request = Cohttp.Request
  module Response = Cohttp.Response
  module Body = Cohttp_lwt.Body
  module Header = Cohttp.Header

  type nonrec conn = conn

  type t = server = {
    callback : conn -> Request.t -> Body.t -> response Lwt.t;
    conn_closed : conn -> unit;
  }

  let respond ?headers ?flush ~status ~body () =
    let encoding = Body.transfer_encoding body in
    Lwt.return (Response.make ~status ?flush ~encoding ?headers (), body)

  let respond_string ?flush ?headers ~status ~body () =
    respond ?flush ?headers ~status ~body:(Body.of_string body) ()

  let respond_fixed ?headers ~status ~length ~body () =
    let encoding = Cohttp.Transfer.Fixed length in
    Lwt.return (Response.make ~status ~encoding ?headers (), body)

  let respond_cstructs ?headers ~status ~body () =
    let length = Int64.of_int (Cstruct.lenv body) in
    respond_fixed ?headers ~status ~length ~body:(body_of_cstructs body) ()

  let respond_text ?(headers = Header.init ()) ~status ~body () =
    let headers =
      Header.add_unless_exists headers "content-type"
        "text/plain; charset=utf-8"
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
end

module type S = sig
  module Server : Server
end

module type Listener = sig
  include Server
  module Server : Server

  type flow

  val listen : ?timeout:(unit -> unit Lwt.t) -> t -> flow -> unit Lwt.t
end

let log = Listening.log

module Make (CH : V1_LWT.CHANNEL) = struct
  module Server = struct
    include Server
    module Server = Server

    type flow = CH.flow

    let transport channel =
      let read () =
        Lwt.catch
          (fun () -> CH.read_some channel >>= Lwt.return_some)
          (fun _ -> Lwt.return_none)
      in
      let broken _ = Lwt.fail Transport.Broken in
      let write parts =
        List.iter (CH.write_buffer channel) parts;
        Lwt.catch (fun () -> CH.flush channel) broken
      in
      let close () = Lwt.catch (fun () -> CH.close channel) broken in
      { Transport.read; write; close }

    let listen ?timeout server flow =
      Listening.serve ?timeout server None (transport (CH.create flow))
  end
end

let mime_type = Mime.of_path

let key_of_uri uri =
  let path = Uri.pct_decode (Uri.path uri) in
  let key =
    if String.starts_with ~prefix:"/" path then
      String.sub path 1 (String.length path - 1)
    else path
  in
  if key = "" || String.ends_with ~suffix:"/" key then key ^ "index.html"
  else key

module Static (KV : V1_LWT.KV_RO) = struct
  let vanished key = Lwt.fail_with (key ^ ": the value has gone or is shorter")

  let read kv key offset length =
    KV.read kv key offset length >>= function
    | `Ok buffers when Cstruct.lenv buffers > 0 ->
        Lwt.return (Cstruct.copyv buffers)
    | `Ok _ | `Error _ -> vanished key

  let stream kv key size =
    let offset = ref 0 in
    Lwt_stream.from (fun () ->
        if !offset >= size then Lwt.return_none
        else
          read kv key !offset (min max_piece (size - !offset)) >|= fun piece ->
          offset := !offset + String.length piece;
          Some piece)

  (* A small one is read first, so that it leaves with the head. *)
  let body kv key = function
    | 0 -> Lwt.return `Empty
    | size when size <= max_piece -> read kv key 0 size >|= fun s -> `String s
    | size -> Lwt.return (`Stream (stream kv key size))

  let respond ?(headers = Cohttp.Header.init ()) kv key =
    KV.size kv key >>= function
    | `Error _ -> Server.respond_not_found ()
    | `Ok length ->
        let headers =
          Cohttp.Header.add_unless_exists headers "content-type" (mime_type key)
        in
        body kv key (Int64.to_int length) >>= fun body ->
        Server.respond_fixed ~headers ~status:`OK ~length ~body ()
end
