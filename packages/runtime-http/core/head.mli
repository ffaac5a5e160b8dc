(* SPDX-License-Identifier: ISC *)

(** The head of a request: RFC 9112, sections 2 to 6.

    Whatever two implementations might read differently is refused, as request
    smuggling thrives on it: header names with white space, folded lines,
    control characters, several lengths, a length and a transfer coding. *)

(** [parse head] is the request whose lines, up to and including an empty one,
    are [head]; its [encoding] says how its body is framed, [Fixed 0L] if it has
    none. Or the status to answer with, and a sentence that says why. *)
val parse :
  string -> (Cohttp.Request.t, Cohttp.Code.status_code * string) result
