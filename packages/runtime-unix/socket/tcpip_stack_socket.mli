(* SPDX-License-Identifier: ISC *)

(** A whole IPv4 stack over the kernel's sockets.

    Its [interface] is the list of the host's addresses to listen on, all of them
    if it is empty; connections are made, and datagrams sent, from the first one.
    [listen_tcpv4] and [listen_udpv4] take the port at once, and raise
    {!Mirage_runtime_unix_io.Socket.Cannot_listen} with a sentence that says why
    it cannot be had. Each port taken is reported by {!OS.Status}. Connecting tells
    {!Name_service} the servers and domains of [/etc/resolv.conf]. *)

module Make (Console : V1_LWT.CONSOLE) : sig
  include
    V1_LWT.STACKV4
      with type console = Console.t
       and type netif = Ipaddr.V4.t list
       and type mode = unit
       and type udpv4 = Udpv4_socket.t
       and type tcpv4 = Tcpv4_socket.t
       and type ipv4 = Ipv4_socket.t
       and module UDPV4 = Udpv4_socket
       and module TCPV4 = Tcpv4_socket
       and module IPV4 = Ipv4_socket

  (** [bind_udpv4 t f] has [f] called with what arrives at a free port of the first
      address, which the kernel chooses; the port, and what gives it back. Nothing is
      reported of it. *)
  val bind_udpv4 : t -> Udpv4_socket.callback -> int * (unit -> unit)
end
