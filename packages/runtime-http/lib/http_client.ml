(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_http_core
module Config = Config
module Connection = Client_connection

exception Failed = Client_connection.Failed

let fail text = Lwt.fail (Failed text)

module type CONNECTOR = sig
  type t

  val connect :
    t ->
    tls:bool ->
    host:string ->
    port:int ->
    (Transport.t, string) result Lwt.t

  val sleep : float -> unit Lwt.t
end

module type S = sig
  include Cohttp_lwt.S.Client

  type connector

  val create : ?config:Config.t -> connector -> ctx
end

(* {1 Where a request goes} *)

type endpoint = { tls : bool; host : string; port : int }

let endpoint uri =
  let known tls default =
    match Uri.host uri with
    | None | Some "" -> Error "the URL names no host"
    | Some host ->
        Ok { tls; host; port = Option.value (Uri.port uri) ~default }
  in
  match Option.map String.lowercase_ascii (Uri.scheme uri) with
  | Some "http" -> known false 80
  | Some "https" -> known true 443
  | Some other -> Error (Printf.sprintf "the scheme %s is not known" other)
  | None -> Error "the URL has no scheme: it starts with http:// or https://"

let authority { tls; host; port } =
  let host = if String.contains host ':' then "[" ^ host ^ "]" else host in
  if port = if tls then 443 else 80 then host
  else Printf.sprintf "%s:%d" host port

let target uri = match Uri.path_and_query uri with "" -> "/" | t -> t

(* The fields of every request, of which the caller may give all but the host. *)
let headers given endpoint =
  let given = Option.value given ~default:(Cohttp.Header.init ()) in
  let given = Cohttp.Header.remove given "host" in
  Cohttp.Header.add_list
    (Cohttp.Header.init_with "host" (authority endpoint))
    (Cohttp.Header.to_list
       (Cohttp.Header.add_unless_exists given "user-agent" "mirage"))

(* {1 Connections that are kept} *)

let kept_seconds = 30.
let kept_per_server = 4
let kept_in_all = 16

type kept = { endpoint : endpoint; connection : Connection.t }

module Over (C : CONNECTOR) = struct
  type connector = C.t

  type ctx = {
    config : Config.t;
    connector : C.t;
    mutable kept : kept list;  (** the latest one first *)
  }

  let latest = ref None

  let create ?(config = { Config.default with min_body_rate = 0 }) connector =
    let config =
      match config.sleep with
      | Some _ -> config
      | None -> { config with sleep = Some C.sleep }
    in
    let ctx = { config; connector; kept = [] } in
    latest := Some ctx;
    ctx

  let drop ctx connection =
    let dropped, kept =
      List.partition (fun kept -> kept.connection == connection) ctx.kept
    in
    ctx.kept <- kept;
    List.iter (fun kept -> Connection.close kept.connection) dropped

  let keep ctx endpoint connection =
    let same, _ = List.partition (fun kept -> kept.endpoint = endpoint) ctx.kept in
    if List.length same >= kept_per_server then Connection.close connection
    else begin
      if List.length ctx.kept >= kept_in_all then
        drop ctx (List.nth ctx.kept (kept_in_all - 1)).connection;
      ctx.kept <- { endpoint; connection } :: ctx.kept;
      Lwt.async (fun () ->
          C.sleep kept_seconds >|= fun () -> drop ctx connection)
    end

  let take ctx endpoint =
    match List.find_opt (fun kept -> kept.endpoint = endpoint) ctx.kept with
    | None -> None
    | Some { connection; _ } ->
        ctx.kept <- List.filter (fun kept -> kept.connection != connection) ctx.kept;
        Some connection

  let connect ctx ({ tls; host; port } as endpoint) =
    C.connect ctx.connector ~tls ~host ~port >>= function
    | Ok transport -> Lwt.return (Connection.create ctx.config transport)
    | Error why -> fail (Printf.sprintf "%s: %s" (authority endpoint) why)

  (* RFC 9110, section 9.2.2. *)
  let is_idempotent = function
    | `GET | `HEAD | `PUT | `DELETE | `OPTIONS | `TRACE -> true
    | _ -> false

  let rec send ctx endpoint ~meth ~target ~headers ~body =
    let kept = take ctx endpoint in
    (match kept with
    | Some connection -> Lwt.return connection
    | None -> connect ctx endpoint)
    >>= fun connection ->
    let finished reusable = if reusable then keep ctx endpoint connection in
    Lwt.catch
      (fun () ->
        Connection.request connection ~meth ~target ~headers ~body ~finished)
      (function
        | Connection.Stale -> (
            match body with
            | Connection.Text _ when is_idempotent meth ->
                send ctx endpoint ~meth ~target ~headers ~body
            | _ -> fail "the server ended the connection without an answer")
        | e -> Lwt.fail e)

  let content body chunked =
    match (body, chunked) with
    | (None | Some `Empty), _ -> Lwt.return (Connection.Text "")
    | Some (`Stream _ as body), Some false ->
        Cohttp_lwt.Body.to_string body >|= fun text -> Connection.Text text
    | Some (`Stream pieces), _ -> Lwt.return (Connection.Stream pieces)
    | Some ((`String _ | `Strings _) as body), _ ->
        Cohttp_lwt.Body.to_string body >|= fun text -> Connection.Text text

  let call ?ctx ?headers:given ?body ?chunked meth uri =
    match (endpoint uri, if ctx = None then !latest else ctx) with
    | _, None -> fail "no HTTP client was made: pass its ctx"
    | Error why, _ -> fail (Printf.sprintf "%s: %s" (Uri.to_string uri) why)
    | Ok endpoint, Some ctx ->
        content body chunked >>= fun body ->
        let headers = headers given endpoint in
        send ctx endpoint ~meth ~target:(target uri) ~headers ~body

  let head ?ctx ?headers uri = call ?ctx ?headers `HEAD uri >|= fst
  let get ?ctx ?headers uri = call ?ctx ?headers `GET uri

  let delete ?ctx ?body ?chunked ?headers uri =
    call ?ctx ?headers ?body ?chunked `DELETE uri

  let post ?ctx ?body ?chunked ?headers uri =
    call ?ctx ?headers ?body ?chunked `POST uri

  let put ?ctx ?body ?chunked ?headers uri =
    call ?ctx ?headers ?body ?chunked `PUT uri

  let patch ?ctx ?body ?chunked ?headers uri =
    call ?ctx ?headers ?body ?chunked `PATCH uri

  let post_form ?ctx ?headers ~params uri =
    let headers =
      Cohttp.Header.replace
        (Option.value headers ~default:(Cohttp.Header.init ()))
        "content-type" "application/x-www-form-urlencoded"
    in
    let body = `String (Uri.encoded_of_query params) in
    post ?ctx ~body ~headers uri

  (* One after the other; a server that speaks HTTP/1.1 gets them on one connection. *)
  let callv ?ctx uri requests =
    let answer (request, body) =
      let { Cohttp.Request.meth; resource; headers; _ } = request in
      let uri = Uri.resolve "" uri (Uri.of_string resource) in
      call ?ctx ~headers ~body meth uri
    in
    Lwt.return (Lwt_stream.map_s answer requests)
end

(* {1 Over a stack} *)

module type STACK = sig
  type t

  module TCPV4 : sig
    type t
    type flow
    type error = [ `Unknown of string | `Timeout | `Refused ]

    val create_connection :
      t -> Ipaddr.V4.t * int -> [ `Ok of flow | `Error of error ] Lwt.t

    val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t
    val writev_nodelay : flow -> Cstruct.t list -> unit Lwt.t
    val close : flow -> unit Lwt.t
  end

  val tcpv4 : t -> TCPV4.t
end

module Dial (S : STACK) (R : V1_LWT.RESOLVER with type ipaddr = Ipaddr.t) = struct
  let reason = function
    | `Timeout -> "it does not answer"
    | `Refused -> "it refuses connections"
    | `Unknown why -> why

  let rec first stack port why = function
    | [] -> Lwt.return (Error why)
    | Ipaddr.V6 _ :: rest -> first stack port why rest
    | V4 address :: rest -> (
        S.TCPV4.create_connection (S.tcpv4 stack) (address, port) >>= function
        | `Ok flow -> Lwt.return (Ok flow)
        | `Error error -> first stack port (reason error) rest)

  let dial stack resolver ~host ~port =
    R.addresses resolver host >>= function
    | `Ok addresses -> first stack port "it has no IPv4 address" addresses
    | `Error (`Malformed_name why) -> Lwt.return (Error ("no host's name: " ^ why))
    | `Error `Unknown_host -> Lwt.return (Error "there is no such host")
    | `Error (`Unavailable why) ->
        Lwt.return (Error ("its address cannot be found out: " ^ why))
end

module Make
    (S : STACK)
    (R : V1_LWT.RESOLVER with type ipaddr = Ipaddr.t)
    (Time : V1_LWT.TIME) =
struct
  module Plain = Transport_of_flow.Make (S.TCPV4)

  module Dial = Dial (S) (R)

  include Over (struct
    type t = S.t * R.t

    let sleep = Time.sleep

    let connect (stack, resolver) ~tls ~host ~port =
      if tls then
        Lwt.return
          (Error "https needs the device `https_client` instead of `http_client`")
      else Dial.dial stack resolver ~host ~port >|= Result.map Plain.strict_transport
  end)
end
