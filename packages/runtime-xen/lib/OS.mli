(* SPDX-License-Identifier: ISC *)

(** The kernel around an application. *)

(** The main loop. *)
module Main : sig
  (** [run main] runs timers and devices until [main] is done, then returns; the
      processor sleeps while there is nothing to do.

      If [main], or a computation started by [Lwt.async], fails: its exception and
      backtrace on the console, and exit code 1, which the toolstack sees as a
      crash; so is any code but 0. On [xl shutdown] the domain powers off, on
      [xl reboot] it reboots; suspending is refused. In all cases the {!at_exit}
      hooks run first. *)
  val run : unit Lwt.t -> unit

  (** [at_exit hook] has [hook] run before the end, the last one registered first.
      What it fails with is ignored. *)
  val at_exit : (unit -> unit Lwt.t) -> unit
end

(** Timers. *)
module Time : V1_LWT.TIME

(** News for the program that started this one. *)
module Status : sig
  (** [report line] writes [line] to xenstore, as [data/mirage/1] below the domain's
      folder, the next one as [2], and so on: [address IP], [listen tcp PORT],
      [listen udp PORT] or [ready]. Without xenstore it does nothing. *)
  val report : string -> unit
end
