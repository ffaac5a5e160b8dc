(* SPDX-License-Identifier: ISC *)

(** A peer that follows the protocol until it is told to break it: it does what our own
    handshake does, and each message passes through a function that may change it. The
    other side, the one under test, is a {!Connection}. *)

open Mirage_runtime_tls_core

(** What a puppet sends instead of a message. *)
type said =
  | Message of string  (** a handshake message, in a record of its own *)
  | Together of string list  (** handshake messages in one record *)
  | Protected of int * string  (** a record of that inner type, under the keys *)
  | Raw of string  (** octets as they are *)
  | Corrupted of string  (** a handshake message, with a bit of its record flipped *)

type t

(** [attack_server ~say puppet victim] runs a handshake of the client [puppet] with the
    server [victim], and [attack_client] the other way round. [say name raw] is called
    for each message of the puppet, by its name. *)

val attack_server :
  say:(string -> string -> said list) ->
  Client.config ->
  Server.config ->
  t * Pair.side

val attack_client :
  say:(string -> string -> said list) ->
  Server.config ->
  Client.config ->
  t * Pair.side

(** Sends more once the handshake is over. *)
val tell : t -> said list -> unit

(** The message as it is. *)
val honest : string -> string -> said list

(** [instead name what] is honest but for messages called [name]. *)
val instead :
  string -> (string -> said list) -> string -> string -> said list
