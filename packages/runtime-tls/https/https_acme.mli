(* SPDX-License-Identifier: ISC *)

(** HTTPS with certificates that an authority gives and renews by ACME (RFC 8555). *)

open Mirage_runtime_tls_acme

type settings = {
  directory : string;  (** of the authority: a URL of [https] *)
  domains : string list;  (** at least one *)
  contacts : string list;  (** URLs such as [mailto:ann@example.org] *)
  challenge : Acme.challenge;
}

module Make
    (S : V1_LWT.STACKV4)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (E : V1_LWT.ENTROPY)
    (Client : Cohttp_lwt.S.Client)
    (B : V1_LWT.BLOCK)
    (P : V1_LWT.IO_PAGE) : sig
  (** [listen settings ~entropy ~client ~store ~config stack ~port server] serves HTTPS on
      [port] with the certificate on [store], once there is one: until then handshakes fail,
      but for the authority's of tls-alpn-01. A certificate is ordered when there is none for
      the domains, and at two thirds of its validity; after a failure, again in a minute, then
      after twice the time up to six hours, and not before the authority says so. All of that
      is told to the log source ["acme"].

      The result makes of an HTTP server one that answers the authority's requests of http-01
      as well. Fails with a sentence if the store is no good, or there is no entropy. *)
  val listen :
    ?hsts:int ->
    settings ->
    entropy:E.t ->
    client:Client.ctx ->
    store:B.t ->
    config:HTTP.Config.t ->
    S.t ->
    port:int ->
    HTTP.Server.t ->
    (HTTP.Server.t -> HTTP.Server.t) Lwt.t
end
