(* SPDX-License-Identifier: ISC *)

(** The answer to a request: RFC 9112, sections 4, 6 and 9. *)

(** What becomes of the connection. *)
type next = Keep_alive | Close

(** A header of the response would break out of its line. *)
exception Invalid_header of string

(** The body did not have the length its header promised, or failed: the
    connection is of no use any more. *)
exception Body_failed of string

(** [lines response] are the lines of [response]'s head, but for its first and the
    date; [None] if they depend on the connection. For {!Attachment.Views}. *)
val lines : Cohttp.Response.t -> Attachment.prepared option

(** [send config reader output ~meth ~version ~next response body] sends [response]
    to a request of that method and version, and says what becomes of the
    connection if it is up to the client ([next]).

    The body's framing is what [response] says; a body of known length gets a
    [content-length] instead of chunks, unless a header asks for them. HTTP/1.0
    gets no chunks. Nothing follows the head where RFC 9110 allows no content
    (HEAD, 1xx, 204, 304). The head and what there is of the body at that time
    are one write, and so are parts of a stream that are there together. A body
    that an {!Attachment} stands for is sent by reference, or sends itself.

    Fails with the exceptions above, {!Invalid_header} before anything was sent,
    or with {!Transport.Broken} or {!Patience.Stopped}. *)
val send :
  Config.t ->
  Reader.t ->
  Output.t ->
  meth:Cohttp.Code.meth ->
  version:Cohttp.Code.version ->
  next:next ->
  Cohttp.Response.t ->
  Cohttp_lwt.Body.t ->
  next Lwt.t
