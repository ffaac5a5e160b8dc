(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_tls_core
open Mirage_runtime_tls_acme

type settings = {
  directory : string;
  domains : string list;
  contacts : string list;
  challenge : Acme.challenge;
}

let source = Logs.Src.create "acme" ~doc:"certificates from an authority"

module Log = (val Logs.src_log source : Logs.LOG)

let first_pause = 60.
let longest_pause = 6. *. 3600.

(* Between orders, however short the certificates live. *)
let shortest_pause = 5.

(* The wall clock may be set meanwhile. *)
let longest_sleep = 3600.

let well_known = "/.well-known/acme-challenge/"

(* RFC 8555, section 8.3. *)
let answering proofs (server : HTTP.Server.t) =
  let proof request =
    let path = Uri.path (Cohttp.Request.uri request) in
    let prefix = String.length well_known in
    if String.length path > prefix && String.sub path 0 prefix = well_known then
      let token = String.sub path prefix (String.length path - prefix) in
      List.find_opt (fun { Acme.token = t; _ } -> t = token) !proofs
    else None
  in
  let callback connection request body =
    match (Cohttp.Request.meth request, proof request) with
    | `GET, Some { Acme.key_authorization; _ } ->
        let headers =
          Cohttp.Header.init_with "content-type" "application/octet-stream"
        in
        HTTP.Server.respond_string ~headers ~status:`OK ~body:key_authorization ()
    | _ -> server.callback connection request body
  in
  { server with callback }

module Make
    (S : V1_LWT.STACKV4)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (E : V1_LWT.ENTROPY)
    (Client : Cohttp_lwt.S.Client)
    (B : V1_LWT.BLOCK)
    (P : V1_LWT.IO_PAGE) =
struct
  module Secure = Https.Make (S) (Time) (Clock) (E)
  module Store = Acme_store.Make (B) (P)
  module Authority = Acme_http.Make (Client) (Time) (Clock)

  type t = {
    settings : settings;
    client : Client.ctx;
    random : Primitives.random;
    store : Store.t;
    proofs : Acme.answer list ref;  (** while an order is under way *)
    mutable state : Acme_state.t;
    mutable tls : Server.config;
  }

  let now () =
    Option.value (Ptime.of_float_s (Clock.time ())) ~default:Ptime.epoch

  let save t state =
    t.state <- state;
    Store.save t.store state >|= Result.map_error (fun why -> "the store: " ^ why)

  (* The account that there is with this authority, or a new key for one. *)
  let account t =
    match t.state.account with
    | Some account when account.directory = t.settings.directory -> account
    | Some _ | None ->
        { directory = t.settings.directory; key = Jws.generate t.random; url = None }

  let prove t (answer : Acme.answer) =
    t.proofs := answer :: !(t.proofs);
    if t.settings.challenge = Tls_alpn_01 then
      let proof = Acme_certificate.proof t.random ~now:(now ()) answer in
      t.tls <- { t.tls with challenges = proof :: t.tls.challenges }

  let forget_proofs t =
    t.proofs := [];
    t.tls <- { t.tls with challenges = [] }

  let accept t ({ chain; key } : Acme_state.certificate) =
    Acme_certificate.accept ~now:(now ()) ~domains:t.settings.domains
      ~certificates:chain ~key

  let use t identity = t.tls <- { t.tls with identities = [ identity ] }
  let fail why = Lwt.return (Error { Acme.why; retry_after = None })

  let rec follow t ~key : Acme.step -> _ = function
    | Request (request, next) -> (
        Authority.call t.client request >>= function
        | Ok response -> follow t ~key (next response)
        | Error why -> fail why)
    | Wait (seconds, next) ->
        Time.sleep seconds >>= fun () -> follow t ~key (next ())
    | Prove (answer, next) ->
        prove t answer;
        follow t ~key (next ())
    | Keep (account, next) -> (
        save t { t.state with account = Some account } >>= function
        | Ok () -> follow t ~key (next ())
        | Error why -> fail why)
    | Tell (sentence, next) ->
        Log.info (fun m -> m "%s" sentence);
        follow t ~key (next ())
    | Failed failure -> Lwt.return (Error failure)
    | Done chain -> (
        let certificate = { Acme_state.chain; key } in
        match accept t certificate with
        | Error why -> fail why
        | Ok identity -> (
            use t identity;
            save t { t.state with certificate = Some certificate } >>= function
            | Ok () -> Lwt.return (Ok ())
            | Error why -> fail why))

  let obtain t =
    let { domains; contacts; challenge; _ } = t.settings in
    let key, request = Acme_certificate.request t.random ~domains in
    let order = { Acme.domains; contacts; challenge; request } in
    Lwt.catch
      (fun () -> follow t ~key (Acme.obtain (account t) order))
      (fun e -> fail (Printexc.to_string e))
    >|= fun result ->
    forget_proofs t;
    result

  (* Seconds until the certificate is to be renewed; 0 if there is none that is good. *)
  let due t =
    match t.state.certificate with
    | None -> 0.
    | Some certificate -> (
        let renewal =
          Result.bind (accept t certificate) (fun _ ->
              Acme_certificate.renewal ~certificates:certificate.chain)
        in
        match renewal with
        | Ok time -> Float.max 0. (Ptime.Span.to_float_s (Ptime.diff time (now ())))
        | Error _ -> 0.)

  let names t = String.concat ", " t.settings.domains

  let rec keep_up t ~pause =
    match due t with
    | seconds when seconds > 0. ->
        Time.sleep (Float.min seconds longest_sleep) >>= fun () ->
        keep_up t ~pause
    | _ -> (
        Log.info (fun m ->
            m "a certificate for %s is asked of %s" (names t) t.settings.directory);
        obtain t >>= function
        | Ok () ->
            Log.info (fun m -> m "a certificate for %s is here" (names t));
            Time.sleep shortest_pause >>= fun () -> keep_up t ~pause:first_pause
        | Error { why; retry_after } ->
            let wait = Float.max pause (Option.value retry_after ~default:0.) in
            Log.warn (fun m ->
                m "no certificate: %s; once more in %.0f s" why wait);
            Time.sleep wait >>= fun () ->
            keep_up t ~pause:(Float.min (2. *. pause) longest_pause))

  let restore t =
    match Option.map (accept t) t.state.certificate with
    | Some (Ok identity) -> use t identity
    | Some (Error why) -> Log.info (fun m -> m "the stored certificate: %s" why)
    | None -> ()

  let listen ?hsts settings ~entropy ~client ~store ~config stack ~port server =
    Secure.random entropy >>= fun random ->
    Store.load store >>= function
    | Error why -> Lwt.fail_with ("https: the disk for certificates: " ^ why)
    | Ok (store, state) ->
        let tls = Secure.tls random [] in
        let proofs = ref [] in
        let t = { settings; client; random; store; proofs; state; tls } in
        restore t;
        Secure.serve ?hsts ~current:(fun () -> t.tls) ~config stack ~port server;
        Lwt.async (fun () -> Lwt.pause () >>= fun () -> keep_up t ~pause:first_pause);
        Lwt.return (answering proofs)
end
