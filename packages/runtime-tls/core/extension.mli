(* SPDX-License-Identifier: ISC *)

(** Extensions: RFC 8446, 4.2; server names of RFC 6066, 3; ALPN of RFC 7301;
    record size limits of RFC 8449. Bodies are read only here; what does not follow
    the grammar raises {!Alert.Fatal}. *)

(** Number and body. *)
type t = int * string

(** {1 Numbers} *)

val server_name : int
val supported_groups : int
val signature_algorithms : int
val application_protocols : int
val padding : int
val record_size_limit : int
val pre_shared_key : int
val early_data : int
val supported_versions : int
val cookie : int
val psk_key_exchange_modes : int
val certificate_authorities : int
val signature_algorithms_cert : int
val key_share : int

(** {1 Blocks of extensions} *)

(** The messages that have extensions. *)
type place =
  | In_client_hello
  | In_server_hello
  | In_hello_retry_request
  | In_encrypted_extensions
  | In_certificate_request
  | In_certificate
  | In_new_session_ticket

(** [read place block] are the extensions of a message.
    @raise Alert.Fatal [Illegal_parameter] for an extension that stands twice, or that
    is known and has no place in this message (RFC 8446, 4.2). *)
val read : place -> string -> t list

val write : t list -> string
val find : int -> t list -> string option

(** {1 Bodies} *)

(** The name that a client asks for, in lower case; [None] if it names none. *)
val read_server_name : string -> string option

val write_server_name : string -> t
val read_numbers : string -> int list
val write_numbers : int -> int list -> t
val read_protocols : string -> string list
val write_protocols : string list -> t

(** The versions that a client offers, and the one that a server chose. *)

val read_versions : string -> int list
val write_versions : int list -> t
val read_version : string -> int
val write_version : int -> t

(** The largest inner plaintext the peer takes: at least 64. *)
val read_record_size_limit : string -> int

val write_record_size_limit : int -> t

(** Shares of a client by group, of a server, and the group of a HelloRetryRequest. *)

val read_shares : string -> (int * string) list
val write_shares : (int * string) list -> t
val read_share : string -> int * string
val write_share : int * string -> t
val read_group : string -> int
val write_group : int -> t
val read_cookie : string -> string
val write_cookie : string -> t

(** Whether [psk_dhe_ke] is among the modes. *)
val read_modes : string -> bool

val modes_with_exchange : t

(** Tickets that a client offers. *)
type offer = {
  identities : (string * int32) list;  (** ticket and obfuscated age *)
  binders : string list;
  binders_length : int;  (** octets of the list of binders, its length included *)
}

val read_offer : string -> offer
val write_offer : (string * int32) list -> string list -> t
val read_chosen : string -> int
val write_chosen : int -> t

(** Nothing may be in it. *)
val read_empty : string -> unit
