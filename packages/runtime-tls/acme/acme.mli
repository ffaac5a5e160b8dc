(* SPDX-License-Identifier: ISC *)

(** How a certificate is ordered from an authority: the client's side of RFC 8555, as a value
    that says what to do next. It has no clock, threads or randomness.

    Of challenges it knows http-01 (RFC 8555, section 8.3) and tls-alpn-01 (RFC 8737), so
    names with a wildcard cannot be had. *)

type request = {
  meth : [ `GET | `HEAD | `POST ];
  url : string;  (** with the scheme [https] *)
  body : string;  (** of a POST: [application/jose+json] *)
}

type response = {
  status : int;
  field : string -> string option;  (** of the head, by its name in lower case *)
  retry_after : float option;  (** seconds from now: RFC 9110, section 10.2.3 *)
  body : string;
}

(** How it is proved that a domain leads to this server. *)
type challenge = Http_01 | Tls_alpn_01

(** What proves it: RFC 8555, section 8.1. *)
type answer = { domain : string; token : string; key_authorization : string }

type failure = {
  why : string;  (** a sentence *)
  retry_after : float option;
      (** seconds before which the authority does not want to be asked again *)
}

type account = {
  directory : string;  (** the authority's directory, by URL *)
  key : Jws.key;
  url : string option;  (** of the account, once there is one *)
}

type step =
  | Request of request * (response -> step)
  | Wait of float * (unit -> step)  (** seconds *)
  | Prove of answer * (unit -> step)
      (** from now on, requests of the authority are to be answered *)
  | Keep of account * (unit -> step)  (** the account is to be stored *)
  | Tell of string * (unit -> step)  (** a sentence for the log *)
  | Done of string  (** the certificate chain, in PEM *)
  | Failed of failure

type order = {
  domains : string list;  (** at least one *)
  contacts : string list;  (** URLs such as [mailto:ann@example.org] *)
  challenge : challenge;
  request : string;  (** the certificate request (RFC 2986) for these domains, in DER *)
}

(** [obtain account order] begins. An account that the authority does not know is made anew:
    whoever calls this agrees to the authority's terms of service, whose URL is told. *)
val obtain : account -> order -> step
