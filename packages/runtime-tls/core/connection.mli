(* SPDX-License-Identifier: ISC *)

(** One TLS 1.3 connection as a pure protocol machine: records (RFC 8446, 5), alerts
    (6), and what may follow the handshake (4.6). Octets go in, octets and events come
    out; time and randomness are given. A state is used once: each call returns the
    next. *)

type t

(** Why a connection failed. *)
type failure = {
  alert : Alert.t;
  why : string;  (** for a log *)
  by_peer : bool;  (** whether the peer said so *)
}

type event =
  | Established of Session.t
  | Data of Cstruct.t
  | Offered of Session.ticket  (** to clients: for the next connection *)
  | End_of_data  (** the peer sends no more: [close_notify] *)
  | Failed of failure  (** the last event *)

(** A client, and what it sends first. *)
val client : Client.config -> now:Ptime.t -> t * Cstruct.t list

(** A server, which waits. *)
val server : Server.config -> t

(** [receive t ~now octets] takes octets from the network in pieces of any size. What
    comes back is to be sent, and the events in their order. Never raises. *)
val receive :
  t -> now:Ptime.t -> Cstruct.t -> t * Cstruct.t list * event list

(** Whether the handshake is done and nothing was closed: {!send} works. *)
val can_send : t -> bool

(** [send t data] protects application data, after a KeyUpdate where a key has done its
    work (RFC 8446, 5.5).
    @raise Invalid_argument unless {!can_send}. *)
val send : t -> Cstruct.t list -> t * Cstruct.t list

(** New keys for what is sent (RFC 8446, 4.6.3), from the peer as well if [request].
    @raise Invalid_argument unless {!can_send}. *)
val update_keys : t -> request:bool -> t * Cstruct.t list

(** [close_notify], once; nothing can be sent afterwards, though more can come. *)
val close : t -> t * Cstruct.t list

(** Set once the handshake is done. *)
val session : t -> Session.t option

(** Keying material (RFC 8446, 7.5); [None] before the handshake's end. *)
val export : t -> label:string -> context:string -> length:int -> string option
