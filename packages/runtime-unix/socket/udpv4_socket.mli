(* SPDX-License-Identifier: ISC *)

(** UDP over the kernel's sockets.

    Connected with one of the host's addresses, or all of them ([None]).
    [write ~source_port] sends from that port, listened to or not. A datagram
    that the network cannot take is lost; one that is too long, or whose source
    port cannot be had, fails. *)

include
  V1_LWT.UDPV4
    with type ipv4 = Ipaddr.V4.t option
     and type ipv4input = unit Lwt.t
     and type error = [ `Unknown of string ]

(** [listen t ~port callback] calls [callback] for each datagram to [port], in
    place of an earlier callback. What it fails with is written to standard
    error.
    @raise Mirage_runtime_unix_io.Socket.Cannot_listen
      if the port cannot be had, with a sentence that says why. *)
val listen : t -> port:int -> callback -> unit

(** [bind t callback] is {!listen} on a free port that the kernel chooses; the port, and
    what gives it back. *)
val bind : t -> callback -> int * (unit -> unit)
