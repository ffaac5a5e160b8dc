(* SPDX-License-Identifier: ISC *)

(** Messages over TCP: RFC 7766, section 8. *)

module Make (T : sig
  type flow
  type error

  val read : flow -> [ `Ok of Cstruct.t | `Eof | `Error of error ] Lwt.t
  val write_nodelay : flow -> Cstruct.t -> unit Lwt.t
end) : sig
  (** [exchange flow message] sends [message] and reads one. *)
  val exchange : T.flow -> string -> (string, string) result Lwt.t
end
