(* SPDX-License-Identifier: ISC *)

(** The server's handshake: RFC 8446, 2, 4.1 to 4.4, 4.6.1 and A.2. *)

(** Whether clients show certificates. *)
type client_certificates = Not_asked | Optional of Trust.t | Required of Trust.t

type config = {
  identities : Identity.t list;
      (** the first serves names that no other does; without one, handshakes fail *)
  suites : Suite.t list;  (** in the order of preference, as all below *)
  groups : Suite.Group.t list;
  protocols : string list;  (** of the application (ALPN); empty: not negotiated *)
  client_certificates : client_certificates;
  tickets : Ticket.keys option;  (** [None]: no resumption *)
  challenges : Identity.t list;
      (** shown, by their names, to those who offer {!acme_protocol} alone *)
  random : Primitives.random;
}

(** ["acme-tls/1"], by which an authority looks whether a name leads here: RFC 8737. *)
val acme_protocol : string

(** [config ~random identities] with everything that this library has, no
    client certificates, tickets, and no challenges. *)
val config :
  ?suites:Suite.t list ->
  ?groups:Suite.Group.t list ->
  ?protocols:string list ->
  ?client_certificates:client_certificates ->
  ?tickets:Ticket.keys option ->
  random:Primitives.random ->
  Identity.t list ->
  config

(** A handshake that waits for the client. *)
type t

val start : config -> t

(** [step t ~now raw message] takes the next message, [raw] with its header.
    @return what to do, and where the handshake stands: [None] after its end.
    @raise Alert.Fatal for what must not come, or not now. *)
val step :
  t -> now:Ptime.t -> string -> Message.t -> Session.action list * t option
