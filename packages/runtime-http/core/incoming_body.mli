(* SPDX-License-Identifier: ISC *)

(** The body of a message, read when somebody wants it. *)

type t

(** Why a body cannot be read: the status to answer with, and a sentence that says
    why. *)
exception Refused of Head.refusal

(** The connection ended before the body did. *)
exception Incomplete

(** [create config patience ~ask reader encoding] is the body that is next in [reader];
    with the encoding [Unknown] it ends with the connection. [ask] is there if the peer waits to be asked for it (RFC 9110,
    section 10.1.1), and called once, by the first reading. *)
val create :
  Config.t ->
  Patience.t ->
  ?ask:(unit -> unit Lwt.t) ->
  Reader.t ->
  Cohttp.Transfer.encoding ->
  t

(** As cohttp's body: [`Empty], or a stream that fails with the exceptions above,
    or with {!Patience.Stopped}. Once {!finish} was called, it ends. *)
val to_cohttp : t -> Cohttp_lwt.Body.t

(** Whether the whole body was read, and so what is next in the reader is another message. *)
val is_over : t -> bool

(** What broke the stream, if anything. *)
val failure : t -> exn option

(** [will_end t ~limit] is [false] if {!finish} can be told to say so before anything
    more is read or sent. *)
val will_end : t -> limit:int -> bool

(** [finish t ~limit] skips what is left of the body; [false] when the connection
    cannot be used further: the rest is longer than [limit] octets, malformed or
    incomplete, the peer was not asked for it, or somebody is still reading. *)
val finish : t -> limit:int -> bool Lwt.t
