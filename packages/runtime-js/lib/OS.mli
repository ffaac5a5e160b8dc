(* SPDX-License-Identifier: ISC *)

(** The JavaScript host around an application. *)

(** The main loop, which is the host's. *)
module Main : sig
  (** [run main] leaves the program to the host's main loop, and doesn't return: what follows it
      never happens. When [main] is done, the program ends with exit code 0.

      If [main], or a computation started by [Lwt.async], fails: its exception and backtrace on
      standard error, and exit code 1. When asked to end, by SIGINT, SIGTERM or [stop] of the
      module: exit code 130 or 143. In all cases the {!at_exit} hooks run first. *)
  val run : unit Lwt.t -> unit

  (** [at_exit hook] has [hook] run when the program ends, the last one registered first. What it
      fails with is ignored. *)
  val at_exit : (unit -> unit Lwt.t) -> unit
end

(** Timers. *)
module Time : V1_LWT.TIME

(** Events that the host which started the program is told of. *)
module Status : sig
  (** [report line]: [address IP], [listen tcp PORT], [listen udp PORT] or [ready]. *)
  val report : string -> unit
end
