(* SPDX-License-Identifier: ISC *)

(** HTTPS (RFC 9110, 4.2.2) on a stack: TLS 1.3 below the server of [Http_stack]. *)

open Mirage_runtime_tls_core

(** What the server proves itself with. *)
type identity =
  | Pem of { certificates : string; key : string }
      (** the chain, the server's own certificate first, and its private key *)
  | Self_signed
      (** made at each start, for development: its fingerprint is told to
          [HTTP.log] *)

(** [text_of_fs (module Files) files key] is a value of a folder that is compiled in.
    Fails with a sentence if there is none. *)
val text_of_fs :
  (module V1_LWT.KV_RO with type t = 'a) -> 'a -> string -> string Lwt.t

(** [text_of_block (module Block) (module Io_page) device] is the text on a block device:
    from the first sector on, up to a NUL or the end of at most 64 KiB. Fails with a
    sentence if it cannot be read. *)
val text_of_block :
  (module V1_LWT.BLOCK with type t = 'a) ->
  (module V1_LWT.IO_PAGE) ->
  'a ->
  string Lwt.t

module Make
    (S : V1_LWT.STACKV4)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (E : V1_LWT.ENTROPY) : sig
  (** [listen ~entropy ~identity ~config stack ~port server] serves HTTPS on [port].
      [hsts] adds [Strict-Transport-Security] (RFC 6797) with that age in seconds.
      Fails with a sentence if the identity is no good, or there is no entropy. *)
  val listen :
    ?hsts:int ->
    entropy:E.t ->
    identity:identity ->
    config:HTTP.Config.t ->
    S.t ->
    port:int ->
    HTTP.Server.t ->
    unit Lwt.t

  (** {1 The same in parts, for certificates that change} *)

  (** What TLS draws from. Fails with a sentence. *)
  val random : E.t -> Primitives.random Lwt.t

  (** How HTTPS protects connections. *)
  val tls : Primitives.random -> Identity.t list -> Server.config

  (** [serve ~current ~config stack ~port server] asks [current] for each connection. *)
  val serve :
    ?hsts:int ->
    current:(unit -> Server.config) ->
    config:HTTP.Config.t ->
    S.t ->
    port:int ->
    HTTP.Server.t ->
    unit
end

(** [redirect ~port] sends every request to the same host and path by HTTPS on [port]:
    308 (RFC 9110, 15.4.9), so that a POST stays one. *)
val redirect : port:int -> HTTP.Server.t
