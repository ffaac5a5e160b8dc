(* SPDX-License-Identifier: ISC *)

(** The head of a response: RFC 9112, sections 4 to 6.

    Like {!Head}, it refuses what two implementations might read differently. *)

type t = {
  response : Cohttp.Response.t;
      (** its [encoding] frames the body: [Fixed 0L] where there is none, [Unknown] where
          the end of the connection ends it *)
  keeps_alive : bool;  (** whether another request may follow (section 9.3) *)
}

(** [parse ~max_fields ~meth head] is the response to a request of method [meth] whose
    lines, up to and including an empty one, are [head]; or a sentence that says what is
    wrong. More than [max_fields] fields are refused. *)
val parse :
  max_fields:int -> meth:Cohttp.Code.meth -> string -> (t, string) result
