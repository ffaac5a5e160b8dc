(* SPDX-License-Identifier: ISC *)

(** Alerts: RFC 8446, 6 and B.2, and the registry of RFC 8447. *)

type t =
  | Close_notify
  | Unexpected_message
  | Bad_record_mac
  | Record_overflow
  | Handshake_failure
  | Bad_certificate
  | Unsupported_certificate
  | Certificate_revoked
  | Certificate_expired
  | Certificate_unknown
  | Illegal_parameter
  | Unknown_ca
  | Access_denied
  | Decode_error
  | Decrypt_error
  | Protocol_version
  | Insufficient_security
  | Internal_error
  | User_canceled
  | Missing_extension
  | Unsupported_extension
  | Unrecognized_name
  | Certificate_required
  | No_application_protocol
  | Other of int  (** an alert of no meaning here, by its number *)

(** Ends the connection with this alert; the text says why, for a log. *)
exception Fatal of t * string

(** [fatal alert fmt …] raises {!Fatal}. *)
val fatal : t -> ('a, unit, string, 'b) format4 -> 'a

(** The name of RFC 8446, such as ["illegal_parameter"]. *)
val to_string : t -> string

(** The number on the wire, and back. *)
val to_int : t -> int

val of_int : int -> t

(** The two octets of an alert: [close_notify] and [user_canceled] are warnings,
    all others fatal. *)
val encode : t -> string

(** @raise Fatal with [Decode_error] unless there are two octets, of a known level. *)
val decode : string -> t
