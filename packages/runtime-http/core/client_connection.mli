(* SPDX-License-Identifier: ISC *)

(** Requests on one connection, one after the other: RFC 9112, section 9. *)

type t

(** What went wrong; a sentence. *)
exception Failed of string

(** The server ended the connection before it answered anything: an idle one has its
    time, and a request on it may have crossed its end. *)
exception Stale

val create : Config.t -> Transport.t -> t

type body =
  | Text of string
  | Stream of string Lwt_stream.t  (** goes in chunks *)

(** [request t ~meth ~target ~headers ~body ~finished] sends a request and reads the head of
    the response. [finished reusable] is called once the body of the response was read to
    its end, or never will be: if [reusable], another request may follow.

    The framing of the body is added to [headers]. Interim responses (1xx) are passed over.

    Fails with {!Failed} or {!Stale}; so does the body of the response, but with {!Failed}
    only. *)
val request :
  t ->
  meth:Cohttp.Code.meth ->
  target:string ->
  headers:Cohttp.Header.t ->
  body:body ->
  finished:(bool -> unit) ->
  (Cohttp.Response.t * Cohttp_lwt.Body.t) Lwt.t

(** Harmless when repeated. *)
val close : t -> unit
