(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_tls_core

type identity =
  | Pem of { certificates : string; key : string }
  | Self_signed

let text_of_fs (type a)
    (module Files : V1_LWT.KV_RO with type t = a) (files : a) key =
  let missing (Files.Unknown_key key) =
    Lwt.fail_with (Printf.sprintf "https: there is no %s" key)
  in
  Files.size files key >>= function
  | `Error error -> missing error
  | `Ok size -> (
      Files.read files key 0 (Int64.to_int size) >>= function
      | `Error error -> missing error
      | `Ok parts -> Lwt.return (Cstruct.to_string (Cstruct.concat parts)))

let text_of_block (type a)
    (module Block : V1_LWT.BLOCK with type t = a)
    (module Pages : V1_LWT.IO_PAGE) (device : a) =
  let module Text = Block_text.Make (Block) (Pages) in
  Text.read device >>= function
  | Ok text -> Lwt.return text
  | Error why -> Lwt.fail_with ("https: the block device: " ^ why)

let location ~port request =
  let uri = Cohttp.Request.uri request in
  let port = if port = 443 then None else Some port in
  Uri.with_port (Uri.with_scheme uri (Some "https")) port

let redirect ~port =
  let callback _connection request _body =
    let headers =
      Cohttp.Header.init_with "location"
        (Uri.to_string (location ~port request))
    in
    HTTP.Server.respond_string ~headers ~status:`Permanent_redirect ~body:"" ()
  in
  HTTP.Server.make ~callback ()

let with_hsts age (server : HTTP.Server.t) =
  let field = Printf.sprintf "max-age=%d" age in
  let callback connection request body =
    server.callback connection request body >|= fun (response, body) ->
    let headers =
      Cohttp.Header.add_unless_exists
        (Cohttp.Response.headers response)
        "strict-transport-security" field
    in
    ({ response with Cohttp.Response.headers }, body)
  in
  { server with callback }

module Make
    (S : V1_LWT.STACKV4)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (E : V1_LWT.ENTROPY) =
struct
  module Tls = Tls_stack.Make (S) (Time) (Clock)
  module Http = Http_stack.Make (Tls)

  let now () =
    Option.value (Ptime.of_float_s (Clock.time ())) ~default:Ptime.epoch

  let self_signed random stack =
    let own = S.IPV4.get_ipv4 (S.ipv4 stack) in
    let addresses = List.sort_uniq compare Ipaddr.V4.[ localhost; own ] in
    let identity, fingerprint =
      Self_signed.make random ~now:(now ()) ~hosts:[ "localhost" ]
        ~addresses:(List.map (fun a -> Ipaddr.V4 a) addresses)
    in
    !HTTP.log
      ("self-signed certificate, for development only; SHA-256 " ^ fingerprint);
    identity

  let identity random stack = function
    | Self_signed -> Lwt.return (self_signed random stack)
    | Pem { certificates; key } -> (
        match Identity.of_pem ~certificates ~key with
        | Ok identity -> Lwt.return identity
        | Error why -> Lwt.fail_with ("https: " ^ why))

  let random entropy =
    Tls_random.make (E.entropy entropy) >>= function
    | Ok random -> Lwt.return random
    | Error (`Invalid_entropy why) -> Lwt.fail_with ("https: no entropy: " ^ why)

  let tls random identities =
    Server.config ~protocols:[ "http/1.1" ] ~random identities

  let serve ?hsts ~current ~config stack ~port server =
    let server =
      match hsts with Some age -> with_hsts age server | None -> server
    in
    Http.listen ~config (Tls.over_current current stack) ~port server

  let listen ?hsts ~entropy ~identity:proof ~config stack ~port server =
    random entropy >>= fun random ->
    identity random stack proof >|= fun identity ->
    let tls = tls random [ identity ] in
    serve ?hsts ~current:(fun () -> tls) ~config stack ~port server
end
