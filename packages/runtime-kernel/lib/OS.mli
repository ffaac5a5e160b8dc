(* SPDX-License-Identifier: ISC *)

(** The kernel around an application. *)

(** The main loop. *)
module Main : sig
  (** [run main] runs timers and devices until [main] is done, then returns; the
      processor sleeps while there is nothing to do.

      If [main], or a computation started by [Lwt.async], fails: its exception and
      backtrace on the console, and exit code 1, which is a crash to whoever runs the
      machine; so is any code but 0. Asked to power off or to reboot ([xl shutdown],
      [xl reboot]), the machine does so. In all cases the {!at_exit} hooks run first. *)
  val run : unit Lwt.t -> unit

  (** [at_exit hook] has [hook] run before the end, the last one registered first.
      What it fails with is written to the console. *)
  val at_exit : (unit -> unit Lwt.t) -> unit
end

(** Timers. *)
module Time : V1_LWT.TIME

(** News for the program that started this one. *)
module Status : sig
  (** [report line] passes a line on: [address IP], [listen tcp PORT],
      [listen udp PORT] or [ready]. On Xen it is written to xenstore, as [data/mirage/1]
      below the domain's folder, the next one as [2], and so on. Where nobody listens it
      does nothing. *)
  val report : string -> unit
end
