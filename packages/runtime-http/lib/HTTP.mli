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
    [100 Continue] is then told to send it. A request that is malformed gets 400,
    and the connection is closed. A callback that fails makes it 500, and a line
    in the {!log}. A response's head and its body are sent together, and nothing
    sent ever waits for more to come.

    cohttp's own server is not used: it says nothing to a malformed request, takes
    the body of a GET for the next request, and answers HEAD with a body. *)

(** {1 Server} *)

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

(** What applications see of a server. An application that is a functor of it is
    written as
    {[
      module Main (C : V1_LWT.CONSOLE) (H : HTTP.Server) = struct
        let start console http = http { H.callback; conn_closed }
      end
    ]}
    or with [(H : HTTP.S)] and [{ H.Server.callback; conn_closed }]. *)
module type Server = sig
  module Request = Cohttp.Request
  module Response = Cohttp.Response
  module Body = Cohttp_lwt.Body

  type nonrec conn = conn

  (** How connections are served. *)
  type t = server = {
    callback : conn -> Request.t -> Body.t -> response Lwt.t;
    conn_closed : conn -> unit;
  }

  (** [respond ~headers ~status ~body ()] answers with [body]. It is sent with its
      length, or in chunks if it is a stream and no [content-length] is among
      [headers]. [flush] is there for cohttp's sake: everything is sent at once. *)
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

  (** [respond_cstructs ~status ~body ()] answers with the octets of [body], with
      their length, and never holds more than 64 KiB of them in strings. The
      buffers must not change until they are sent. *)
  val respond_cstructs :
    ?headers:Cohttp.Header.t ->
    status:Cohttp.Code.status_code ->
    body:Cstruct.t list ->
    unit ->
    response Lwt.t

  (** [respond_error ~status ~body ()] answers with ["Error: "] and [body] as
      plain text; [status] is 500 by default. *)
  val respond_error :
    ?headers:Cohttp.Header.t ->
    ?status:Cohttp.Code.status_code ->
    body:string ->
    unit ->
    response Lwt.t

  (** 302, to [uri]. *)
  val respond_redirect :
    ?headers:Cohttp.Header.t -> uri:Uri.t -> unit -> response Lwt.t

  (** 401, with the challenge. *)
  val respond_need_auth :
    ?headers:Cohttp.Header.t ->
    auth:Cohttp.Auth.challenge ->
    unit ->
    response Lwt.t

  (** 404, as plain text that names [uri]. *)
  val respond_not_found : ?uri:Uri.t -> unit -> response Lwt.t
end

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
      closes it. Never fails. With [timeout], such as
      [fun () -> OS.Time.sleep 60.], also a connection on which a single read or
      write takes longer than that is closed: otherwise peers that vanish without
      a word are waited for as long as the network below does. *)
  val listen : ?timeout:(unit -> unit Lwt.t) -> t -> flow -> unit Lwt.t
end

(** Servers over a channel. A write to it is followed by a flush at once, and it
    must not hold back what is flushed. *)
module Make (CH : V1_LWT.CHANNEL) : sig
  module Server : Listener with type flow = CH.flow
end

(** Takes the messages on failing callbacks; [prerr_endline] by default. *)
val log : (string -> unit) ref

(** {1 Files} *)

(** [body_of_cstructs buffers] is a stream of [buffers]' octets, in strings of up
    to 64 KiB that are made when they are sent. *)
val body_of_cstructs : Cstruct.t list -> Cohttp_lwt.Body.t

(** The [content-type] that the end of a path stands for:
    [mime_type "a/b.html"] is ["text/html; charset=utf-8"], and what is unknown
    [application/octet-stream]. *)
val mime_type : string -> string

(** [key_of_uri uri] is the key of the file that [uri]'s path asks for: without
    the leading [/], percent-decoded, and [index.html] if a folder is asked for.
    [/a%20b/] is ["a b/index.html"]. *)
val key_of_uri : Uri.t -> string

(** The values of a key-value store as a web site. *)
module Static (KV : V1_LWT.KV_RO) : sig
  (** [respond kv key] answers with [key]'s value, its length, and its
      {!mime_type} unless [headers] say otherwise; with 404 if there is none. A
      value above 64 KiB is read piece by piece as it is sent. *)
  val respond :
    ?headers:Cohttp.Header.t -> KV.t -> string -> response Lwt.t
end
