(* SPDX-License-Identifier: ISC *)

(** TCP over the sockets of Node.js.

    Connected with one of the host's addresses, or all of them ([None]). Every write is sent at
    once (TCP_NODELAY). Writing to a connection that the peer has given up fails. What {!read}
    gives belongs to the caller; what was written may be used again when the write returns. After
    [close] the connection is given back when the peer has closed its side too, or 3 seconds
    later. *)

include
  V1_LWT.TCPV4
    with type ipv4 = Ipaddr.V4.t option
     and type ipv4input = unit Lwt.t
     and type error = [ `Unknown of string | `Timeout | `Refused ]

(** [listen t ~port callback] calls [callback] for each connection to [port], in place of an
    earlier callback. What it fails with is written to standard error, and closes the connection;
    [End_of_file] resets it, without a word. The program ends if the port cannot be had; a port
    below 1024 that is refused for want of privileges is replaced by the one 8000 above. *)
val listen : t -> port:int -> callback -> unit
