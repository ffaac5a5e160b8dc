(* SPDX-License-Identifier: ISC *)

(** The program's {!Metrics} for a Prometheus that asks by HTTP. *)

module Make (S : Http_stack.STACK) : sig
  (** [listen ?config stack ~port] answers [GET /metrics] on [port] in text format 0.0.4, and
      404 for all else; a few connections at a time, whatever [config] says. *)
  val listen : ?config:HTTP.Config.t -> S.t -> port:int -> unit
end
