(* SPDX-License-Identifier: ISC *)

(** Keeps the process from the rest of the machine, for good.

    Linux only: seccomp(2), user_namespaces(7), capabilities(7). The model is the
    [spt] tender of Solo5. *)

(** What a program needs beyond the descriptors that it has. *)
type profile =
  | Direct  (** nothing *)
  | Socket  (** sockets of IPv4 and IPv6 *)
  | Low_ports  (** the same, and the right to listen on ports below 1024 *)
  | Unix  (** files and programs of the host *)

(** The profile that the environment variable [MIRAGE_SANDBOX] names: [direct],
    [socket], [low-ports] or [unix].
    @raise Invalid_argument for another word. *)
val wanted : unit -> profile option

(** Whether this system has a sandbox that the runtime knows. *)
val is_there : unit -> bool

(** What was entered. *)
type entered = {
  profile : profile;
  root : (unit, string) result;
      (** that the root is empty, or why not; then no file can be named at all *)
}

(** [enter profile] gives up all capabilities, makes an empty folder the root where
    the kernel allows it, and refuses what the profile does not need: with EPERM, and
    with the end of the process for what no unikernel does.

    The process must have been started with [MIRAGE_SANDBOX]: the first step is taken
    before OCaml's runtime.
    @raise Failure if the kernel does not let it, or there is none. *)
val enter : profile -> entered
