(* SPDX-License-Identifier: ISC *)

(** UDP over the sockets of Node.js.

    Connected with one of the host's addresses, or all of them ([None]). [write ~source_port] sends
    from that port, listened to or not. A datagram that the network cannot take is lost; one that
    is too long fails. Node.js doesn't tell to which of the host's addresses a datagram was sent:
    callbacks get the one that the stack was connected with, 0.0.0.0 for all. *)

include
  V1_LWT.UDPV4
    with type ipv4 = Ipaddr.V4.t option
     and type ipv4input = unit Lwt.t
     and type error = [ `Unknown of string ]

(** [listen t ~port callback] calls [callback] for each datagram to [port], in place of an earlier
    callback. What it fails with is written to standard error. For ports that cannot be had see
    {!Tcpv4_socket.listen}. *)
val listen : t -> port:int -> callback -> unit

(** [bind t f] has [f] called with what arrives at a free port, which the host chooses; the port,
    and what gives it back. *)
val bind : t -> callback -> int * (unit -> unit)
