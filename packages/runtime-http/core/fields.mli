(* SPDX-License-Identifier: ISC *)

(** The lines of a message's head: RFC 9112, sections 2 and 5. *)

(** The status to answer with, and a sentence that says why. *)
type refusal = Cohttp.Code.status_code * string

exception Refused of refusal

(** [line head start] is where the line from [start] on stops, and where the next one
    starts. It ends with CR LF or LF. *)
val line : string -> int -> int * int

(** [read head start ~max ~notice] are the fields from [start] to an empty line, names and
    values, the last one first; [notice] is called for each, in order.
    @raise Refused
      if one is malformed, folded over lines or has control characters, or there are more
      than [max]. *)
val read :
  string ->
  int ->
  max:int ->
  notice:(string -> string -> unit) ->
  (string * string) list
