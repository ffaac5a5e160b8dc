(* SPDX-License-Identifier: ISC *)

(** A whole IPv4 stack, which is the program's own where the host has given it a network interface
    of the name [net], and otherwise the host's sockets.

    So one and the same file is a station on a TAP device or on a virtual switch, and a server on
    the sockets of Node.js, which takes no privileges. *)

(** What the program's own stack is connected with. *)
module type DIRECT = sig
  include
    V1_LWT.STACKV4
      with type netif = Netif.t
       and type mode = V1_LWT.direct_stack_config

  (** [on_event t f] calls [f] for each event from now on, in words. *)
  val on_event : t -> (string -> unit) -> unit

  val bind_udpv4 : t -> UDPV4.callback -> int * (unit -> unit)
end

(** Where a stack listens: [addresses] of the host, all of them if the list is empty, and
    [addressing] of its own interface. *)
type place = { addresses : Ipaddr.V4.t list; addressing : V1_LWT.direct_stack_config }

module Make (Console : V1_LWT.CONSOLE) (Direct : DIRECT with type console = Console.t) : sig
  (** [connect] connects the interface, too. Addresses and ports are reported by
      {!OS.Status}. On the host's sockets it tells {!Name_service} whom the host asks. *)
  include
    V1_LWT.STACKV4
      with type console = Console.t
       and type netif = place
       and type mode = unit

  (** [bind_udpv4 t f] has [f] called with what arrives at a free port that nobody can guess
      (RFC 6056); the port, and what gives it back. Nothing is reported of it. *)
  val bind_udpv4 : t -> UDPV4.callback -> int * (unit -> unit)
end
