(* SPDX-License-Identifier: ISC *)

(** A connection of a stack as HTTP uses it. *)

module Make (T : sig
  type flow
  type error

  val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t
  val writev_nodelay : flow -> Cstruct.t list -> unit Lwt.t
  val close : flow -> unit Lwt.t
end) : sig
  (** Whose end is told from an error by nobody, as servers need no more. *)
  val transport : T.flow -> Transport.t

  (** Whose [read] fails with {!Transport.Broken} on an error: for messages that only the
      end of the connection ends. *)
  val strict_transport : T.flow -> Transport.t
end
