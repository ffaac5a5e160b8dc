(* SPDX-License-Identifier: ISC *)

(** Handshake messages: RFC 8446, 4 and B.3. *)

type client_hello = {
  random : string;  (** 32 octets *)
  session_id : string;
  suites : int list;
  compressions : string;
  extensions : Extension.t list;
  legacy_version : int;
}

type server_hello = {
  random : string;
  session_id : string;
  suite : int;
  compression : int;
  extensions : Extension.t list;
  legacy_version : int;
}

type ticket = {
  lifetime : int32;  (** seconds *)
  age_add : int32;
  nonce : string;
  ticket : string;
}

type t =
  | Client_hello of client_hello
  | Server_hello of server_hello
  | Hello_retry_request of server_hello
  | Encrypted_extensions of Extension.t list
  | Certificate_request of { context : string; extensions : Extension.t list }
  | Certificate of { context : string; chain : string list }
      (** certificates as DER, the end entity's first *)
  | Certificate_verify of { scheme : int; signature : string }
  | Finished of string
  | New_session_ticket of ticket
  | Key_update of { requested : bool }

(** What a message is called, such as ["ClientHello"]. *)
val name : t -> string

(** The most octets that a message may have here. Chains of certificates are what is
    long; nobody needs more. *)
val max_length : int

(** [read raw] with the four octets of the header.
    @raise Alert.Fatal [Unexpected_message] for one that TLS 1.3 doesn't know,
    [Decode_error] and others for what is malformed. *)
val read : string -> t

(** With the header. *)
val write : t -> string

(** The random of a ServerHello that is a HelloRetryRequest. *)
val retry_random : string

(** The message that stands for the first ClientHello after a HelloRetryRequest
    (RFC 8446, 4.4.1). *)
val message_hash : string -> string
