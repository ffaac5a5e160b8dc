(* SPDX-License-Identifier: ISC *)

(** IPv4 sockets, non-blocking and closed on exec. *)

(** A sentence that says which port cannot be had, and why. *)
exception Cannot_listen of string

(** A socket of that type. *)
val create : Unix.socket_type -> Lwt_unix.file_descr

(** [bound kind address port] is bound to [address] and [port], and listens if it
    is a TCP socket.
    @raise Cannot_listen if that is not possible. *)
val bound :
  Unix.socket_type -> Unix.inet_addr -> int -> Lwt_unix.file_descr

(** Closes a socket at once; who waits for it fails with [EBADF]. Harmless when
    repeated. *)
val destroy : Lwt_unix.file_descr -> unit
