(* SPDX-License-Identifier: ISC *)

(** TCP over the kernel's sockets.

    Connected with one of the host's addresses, or all of them ([None]). Nagle's
    algorithm is off (TCP_NODELAY): every write is sent at once. Writing to a
    connection that the peer has given up fails with [Unix.Unix_error]. A buffer
    that was read belongs to the caller; one that was written may be used again
    when the write returns. [close] waits a minute at most for writes under way;
    after it the descriptor is given back when the peer has closed its side too,
    or 3 seconds later. *)

include
  V1_LWT.TCPV4
    with type ipv4 = Ipaddr.V4.t option
     and type ipv4input = unit Lwt.t
     and type error = [ `Unknown of string | `Timeout | `Refused ]

(** [listen t ~port callback] calls [callback] for each connection to [port], in
    place of an earlier callback. What it fails with is written to standard
    error, and closes the connection; [End_of_file] resets it, without a word. When descriptors run out, new connections
    wait.
    @raise Mirage_runtime_unix_io.Socket.Cannot_listen
      if the port cannot be had, with a sentence that says why. *)
val listen : t -> port:int -> callback -> unit
