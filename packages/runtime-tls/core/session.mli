(* SPDX-License-Identifier: ISC *)

(** What both sides agreed on, and what a client keeps to come back sooner. *)

(** A connection as negotiated. *)
type t = {
  suite : Suite.t;
  group : Suite.Group.t;
  resumed : bool;  (** by a ticket, without certificates *)
  server_name : string option;  (** that the client asked for, in lower case *)
  protocol : string option;  (** application protocol (ALPN) *)
  peer : X509.Certificate.t list;  (** empty if the peer showed none *)
}

(** What later secrets come from. *)
type secrets = {
  master : Key_schedule.master;
  finished : string;  (** the transcript's hash up to the client's Finished *)
}

(** A ticket of a client (RFC 8446, 4.6.1). *)
type ticket = {
  suite : Suite.t;
  key : string;
  ticket : string;
  age_add : int32;
  lifetime : int;  (** seconds, at most seven days *)
  received : Ptime.t;
}

(** What a step of the handshake wants done, in this order. *)
type action =
  | Emit of string  (** a handshake message under the present keys *)
  | Emit_change_cipher_spec  (** for middleboxes: RFC 8446, D.4 *)
  | Protect_writes of Traffic.t
  | Protect_reads of Traffic.t
  | Limit_records of int  (** the peer's largest inner plaintext, RFC 8449 *)
  | Skip_early_data  (** what cannot be decrypted may be 0-RTT data *)
  | Established of t * secrets
  | Offered of ticket
