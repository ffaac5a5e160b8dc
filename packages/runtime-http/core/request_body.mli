(* SPDX-License-Identifier: ISC *)

(** The body of a request, read when somebody wants it. *)

type t

(** The peer broke the rules of RFC 9112, section 7.1, as the sentence says. *)
exception Malformed of string

(** The connection ended before the body did. *)
exception Incomplete

(** [create ~ask reader request] is the body of [request], next in [reader].
    [ask] is there if the peer waits to be asked for it (RFC 9110, section 10.1.1),
    and called once, by the first reading. *)
val create : ?ask:(unit -> unit Lwt.t) -> Reader.t -> Cohttp.Request.t -> t

(** As cohttp's body: [`Empty], or a stream that fails with the exceptions above.
    Once {!finish} was called, it ends. *)
val to_cohttp : t -> Cohttp_lwt.Body.t

(** What broke the stream, if anything. *)
val failure : t -> exn option

(** [finish t ~limit] skips what is left of the body; [false] when the connection
    cannot be used further: the rest is longer than [limit] octets, malformed or
    incomplete, the peer was not asked for it, or somebody is still reading. *)
val finish : t -> limit:int -> bool Lwt.t
