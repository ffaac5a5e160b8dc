(* SPDX-License-Identifier: ISC *)

(** What a response is besides head and body as cohttp knows them.

    cohttp's body is strings, or a stream of strings. A body made here is a stream as
    well, for whoever reads it; a server that is given it back finds out what it
    stands for. *)

(** The lines of a response's head that {!Reply.lines} made of it. *)
type prepared = { response : Cohttp.Response.t; lines : string }

type t =
  | Views of Cstruct.t list * prepared option
      (** a body whose memory never changes, to be sent without a copy; and what is
          known of the response it belongs to, if that is sent as it is *)
  | Takeover of (Reader.t -> Output.t -> unit Lwt.t)
      (** writes the body itself, and reads what it likes *)

(** [body t] stands for [t]. The stream of a {!Takeover} is empty. *)
val body : t -> Cohttp_lwt.Body.t

(** [claim body] is what [body] stands for, if it was made by {!body} and not
    claimed yet. *)
val claim : Cohttp_lwt.Body.t -> t option
