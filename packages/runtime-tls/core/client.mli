(* SPDX-License-Identifier: ISC *)

(** The client's handshake: RFC 8446, 2, 4.1 to 4.4, 4.6.1 and A.1. *)

type config = {
  name : Trust.name;  (** of the server, asked for and checked *)
  trust : Trust.t;
  identity : Identity.t option;  (** shown to servers that ask *)
  suites : Suite.t list;  (** in the order of preference, as all below *)
  groups : Suite.Group.t list;  (** a share of the first is sent at once *)
  protocols : string list;  (** of the application (ALPN) *)
  ticket : Session.ticket option;  (** of an earlier connection to the same name *)
  random : Primitives.random;
}

(** [config ~random ~trust name] with everything that this library has. *)
val config :
  ?identity:Identity.t ->
  ?suites:Suite.t list ->
  ?groups:Suite.Group.t list ->
  ?protocols:string list ->
  ?ticket:Session.ticket ->
  random:Primitives.random ->
  trust:Trust.t ->
  Trust.name ->
  config

(** A handshake that waits for the server. *)
type t

(** What begins a connection. *)
val start : config -> now:Ptime.t -> Session.action list * t

(** As {!Server.step}. *)
val step :
  t -> now:Ptime.t -> string -> Message.t -> Session.action list * t option

(** What a ticket that came after the handshake is worth: [None] if it is to be
    thrown away at once (RFC 8446, 4.6.1). *)
val ticket :
  Session.t ->
  Session.secrets ->
  now:Ptime.t ->
  Message.ticket ->
  Session.ticket option
