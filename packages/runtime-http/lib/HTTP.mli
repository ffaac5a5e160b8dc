(* SPDX-License-Identifier: ISC *)

(** HTTP/1.1 servers (RFC 9110, RFC 9112) with the types of cohttp 4, over any
    network of {!V1_LWT}.

    An application answers requests by a callback, and makes its answers with the
    functions of {!module-Server}:
    {[
      let callback _conn request _body =
        let uri = Cohttp.Request.uri request in
        HTTP.Server.respond_string ~status:`OK ~body:(Uri.path uri) ()
    ]}

    What a server does without the callback's help: connections are kept, and
    requests that follow one another answered in order. HEAD gets no body. The
    body of a request is read while the callback reads it; a client that waits for
    [100 Continue] is then told to send it. A request that is malformed, too large
    or too slow is refused with its status, and the connection is closed; CONNECT
    and TRACE are not implemented. A callback that fails makes it 500, and a line
    in the {!log}. A response's head and its body are sent together, and nothing
    sent ever waits for more to come. An answer that comes before the request's
    body is the last one, and what the peer still sends of it is thrown away.

    cohttp's own server is not used: it says nothing to a malformed request, takes
    the body of a GET for the next request, and answers HEAD with a body. *)

(** {1 Server} *)

(** What a server grants its peers. *)
module Config = Mirage_runtime_http_core.Config

(** A connection as experts see it, with what [Cohttp_lwt.S.IO] asks for. *)
module IO = Mirage_runtime_http_core.Http_io

(** A connection: address and port of the peer where that is known, and a number
    of its own. *)
type conn = (Ipaddr.V4.t * int) option * Cohttp.Connection.t

(** Head and body of an answer. *)
type response = Cohttp.Response.t * Cohttp_lwt.Body.t

type server = Mirage_runtime_http_core.Listening.server = {
  callback :
    conn -> Cohttp.Request.t -> Cohttp_lwt.Body.t -> response Lwt.t;
      (** answers a request *)
  conn_closed : conn -> unit;  (** called once when a connection has ended *)
}

(** An answer, or its head and a function that writes its body and reads whatever
    comes: to send something that is no stream, or to change the protocol. *)
type response_action =
  [ `Expert of Cohttp.Response.t * (IO.ic -> IO.oc -> unit Lwt.t)
  | `Response of response ]

(** What applications see of a server; it includes [Cohttp_lwt.S.Server]. An
    application that is a functor of it is written as
    {[
      module Main (C : V1_LWT.CONSOLE) (H : HTTP.Server) = struct
        let start console http = http { H.callback; conn_closed }
      end
    ]}
    or with [(H : HTTP.S)] and [{ H.Server.callback; conn_closed }]. *)
module type Server = Mirage_runtime_http_core.Server_intf.S

(** The functions to answer with, for applications where no functor is in sight. *)
module Server : Server

module type S = sig
  module Server : Server
end

(** A server that can be set upon connections. It has itself as [Server], so that
    it can be given to a functor that asks for {!module-type:Server} as well as to
    one that asks for {!module-type:S}. *)
module type Listener = sig
  include Server
  module Server : Server

  type flow

  (** [listen server flow] serves the connection [flow] until its end, then
      closes it. Never fails. Connections with the same [config], which is
      {!Config.default} if there is none, share its limits. *)
  val listen : ?config:Config.t -> t -> flow -> unit Lwt.t
end

(** Servers over a channel. A write to it is followed by a flush at once, and it
    must not hold back what is flushed. *)
module Make (CH : V1_LWT.CHANNEL) : sig
  module Server : Listener with type flow = CH.flow
end

(** [probe server path] asks the callback of [server] for [path], without a connection: what is
    wrong with the answer, in words, if its status is not one of 200 to 399 or if it fails. *)
val probe : server -> string -> string option Lwt.t

(** Takes the messages on failing callbacks; [prerr_endline] by default. *)
val log : (string -> unit) ref

(** {1 Files} *)

(** [body_of_cstructs buffers] is a body of [buffers]' octets, which are sent without a
    copy; as a stream it is strings of up to 64 KiB. The buffers must not change any
    more. *)
val body_of_cstructs : Cstruct.t list -> Cohttp_lwt.Body.t

(** The [content-type] that the end of a path stands for:
    [mime_type "a/b.html"] is ["text/html; charset=utf-8"], and what is unknown
    [application/octet-stream]. *)
val mime_type : string -> string

(** [key_of_uri uri] is the key of the file that [uri]'s path asks for: without
    the leading [/], percent-decoded, and [index.html] if a folder is asked for.
    [/a%20b/] is ["a b/index.html"]. *)
val key_of_uri : Uri.t -> string

(** The values of a key-value store as a web site.

    GET and HEAD are answered, with the key's {!mime_type}, with 206 and 416 for
    ranges, and with what is in the store under [404.html] if there is no such key. A
    folder's name without a slash behind gets 301 to the one with it.

    A store made by [mirage-crunch] knows more of its values: their [ETag], and
    [Last-Modified], [Cache-Control] and compressed forms where it was told to. With
    these, conditional requests get 304 or 412 (RFC 9110, section 13), clients the
    coding that they accept, and values are sent from where they lie in memory. Values
    of any other store are read piece by piece, as they are sent. *)
module Static (KV : V1_LWT.KV_RO) : sig
  (** [serve kv request] answers with the value that the path of [request] stands for, as
      {!key_of_uri} says. [headers] come before those of the file. *)
  val serve :
    ?headers:Cohttp.Header.t -> KV.t -> Cohttp.Request.t -> response Lwt.t

  (** [respond ~request kv key] is {!serve}, but for the value of [key]. Without
      [request] it is a GET that asks for nothing special. *)
  val respond :
    ?headers:Cohttp.Header.t ->
    ?request:Cohttp.Request.t ->
    KV.t ->
    string ->
    response Lwt.t
end

(** {1 WebSocket} *)

(** The server's side of WebSocket (RFC 6455):
    {[
      let callback _conn request _body =
        HTTP.Websocket.upgrade request (fun socket ->
            let rec echo () =
              HTTP.Websocket.receive socket >>= function
              | None -> Lwt.return_unit
              | Some message -> HTTP.Websocket.send socket message >>= echo
            in
            echo ())
    ]}
    A browser lets any page connect to any server, and sends that page's [Origin] and
    the server's cookies: a callback that trusts cookies has to look at the origin.

    Pings are answered while somebody receives. Whatever breaks the rules ends the
    connection with the code that the RFC wants. *)
module Websocket : sig
  type t

  (** A whole message. Text is UTF-8. *)
  type message = Text of string | Binary of string

  (** The connection was closed, by either side. *)
  exception Closed

  (** [upgrade request handler] answers [request] with 101, and calls [handler] with the
      connection, which is closed when that returns; with code 1011 if it fails. A
      request that is no opening handshake gets 426 or 400.
      @param protocols subprotocols: the first one that the client names is chosen.
      @param max_message octets of a message that is received, 1 MiB by default. *)
  val upgrade :
    ?headers:Cohttp.Header.t ->
    ?protocols:string list ->
    ?max_message:int ->
    Cohttp.Request.t ->
    (t -> unit Lwt.t) ->
    response Lwt.t

  (** The subprotocol that was chosen. *)
  val protocol : t -> string option

  (** The next message; [None] once the peer has closed or broke the rules. One at a time
      may wait for it. *)
  val receive : t -> message option Lwt.t

  (** Returns when the message was handed to the network.
      @raise Closed once the connection is closed.
      @raise Invalid_argument for text that is not UTF-8. *)
  val send : t -> message -> unit Lwt.t

  (** Asks the peer for a sign of life. [payload] has 125 octets at the most. *)
  val ping : ?payload:string -> t -> unit Lwt.t

  (** Begins to close: 1000 by default. The peer may still send. *)
  val close : ?code:int -> ?reason:string -> t -> unit Lwt.t

  (** The code and reason that the peer closed with, if it gave any. *)
  val closed_by_peer : t -> (int * string) option
end
