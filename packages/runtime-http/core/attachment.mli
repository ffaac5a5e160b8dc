(* SPDX-License-Identifier: ISC *)

(** What a response is besides head and body as cohttp knows them.

    cohttp's body is strings, or a stream of strings. A body made here is a stream as
    well, for whoever reads it; a server that is given it back finds out what it
    stands for. *)

type t =
  | Views of Cstruct.t list
      (** a body whose memory never changes, to be sent without a copy *)
  | Takeover of (Reader.t -> Output.t -> unit Lwt.t)
      (** writes the body itself, and reads what it likes *)

(** [body t] stands for [t]. The stream of a {!Takeover} is empty. *)
val body : t -> Cohttp_lwt.Body.t

(** [claim body] is what [body] stands for, if it was made by {!body} and not
    claimed yet. *)
val claim : Cohttp_lwt.Body.t -> t option
