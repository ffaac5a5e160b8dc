(* SPDX-License-Identifier: ISC *)

(** The head of a request: RFC 9112, sections 2 to 6.

    Whatever two implementations might read differently is refused, as request
    smuggling thrives on it: header names with white space, folded lines,
    control characters, several lengths, a length and a transfer coding, a host
    that is none. A line may end with LF alone (RFC 9112, section 2.2). *)

(** The status to answer with, and a sentence that says why. *)
type refusal = Fields.refusal

(** A request, and its fields that are about the connection. *)
type t = {
  request : Cohttp.Request.t;
  connection : string list;  (** the values of [Connection] *)
  expect : string list;  (** those of [Expect] *)
}

(** [parse ~max_fields head] is the request whose lines, up to and including an
    empty one, are [head]; its [encoding] says how its body is framed, [Fixed 0L]
    if it has none. More than [max_fields] header fields are refused. *)
val parse : max_fields:int -> string -> (t, refusal) result
