(* SPDX-License-Identifier: ISC *)

(** The Unix process around an application. *)

(** The main loop. *)
module Main : sig
  (** [run main] runs the event loop until [main] is done, then returns.

      If [main], or a computation started by [Lwt.async], fails: its exception
      and backtrace on standard error, and exit code 1. On SIGINT and SIGTERM:
      exit code 130 or 143; a second one ends the process without further ado.
      In all cases the {!at_exit} hooks run first. SIGPIPE is ignored. *)
  val run : unit Lwt.t -> unit

  (** [at_exit hook] has [hook] run when the process ends in whatever way but a
      kill, the last one registered first. What it fails with is ignored. *)
  val at_exit : (unit -> unit Lwt.t) -> unit
end

(** What keeps the program from the rest of the machine. *)
module Sandbox : sig
  (** [enter ()] does what the environment variable [MIRAGE_SANDBOX] asks for, for good:
      without it, nothing. From here on the program has the descriptors that it has, and
      no way to others but those of its profile ({!Process_sandbox}). It is called when
      all devices are connected. Status line: [sandbox], or [sandbox WHY], if the root is
      still that of the host: then no file can be named.

      Ends the program, with exit code 2, if the kernel does not let it. *)
  val enter : unit -> unit
end

(** Timers. *)
module Time : V1_LWT.TIME

(** News for the program that started this one. *)
module Status : sig
  (** [report line] writes [line] to the pipe whose descriptor is the value of
      the environment variable [MIRAGE_STATUS_FD]: [address IP],
      [listen tcp PORT], [listen udp PORT], [ready] or [sandbox]. Without the variable, and
      when nobody reads, it does nothing. *)
  val report : string -> unit
end
