(* SPDX-License-Identifier: ISC *)

(** Calls on file descriptors that try once and never wait: [None] when they
    would have to. Other failures raise [Unix.Unix_error].

    In a program with this module, /dev/null takes the places of standard input,
    output and error if it was started without them. *)

(** The descriptor of that number, as handed over by a parent process. *)
val of_int : int -> Unix.file_descr

(** [read fd slab max] reads up to [max] bytes into [slab], behind [lead] bytes (0) that are
    the caller's to fill; empty at the end of a stream. *)
val read : ?lead:int -> Unix.file_descr -> Slab.t -> int -> Cstruct.t option

(** [write_packet fd parts] writes [parts] by one call, as a device that keeps
    packet boundaries wants it, and is the number of bytes taken. *)
val write_packet : Unix.file_descr -> Cstruct.t list -> int option

(** [send fd parts] sends a first part of [parts] on a socket, and is the number
    of bytes taken. Raises no SIGPIPE. *)
val send : Unix.file_descr -> Cstruct.t list -> int option

(** Whether a socket that is readable is so because nothing more will come. *)
val at_eof : Unix.file_descr -> bool

(** {1 UDP over IPv4} *)

(** Makes {!recv_datagram} know the destination address. *)
val ask_destination : Unix.file_descr -> unit

type datagram = {
  source : Cstruct.uint32;
  source_port : int;
  destination : Cstruct.uint32;  (** 0.0.0.0 without {!ask_destination} *)
  payload : Cstruct.t;
}

(** [recv_datagram fd slab max] receives one datagram, cut to [max] bytes. *)
val recv_datagram : Unix.file_descr -> Slab.t -> int -> datagram option

(** {1 Others} *)

(** [write_shared fd string offset length] writes to a descriptor whose flags
    belong to others, such as standard output, and is the number of bytes taken.
    @raise Invalid_argument if the range is out of bounds. *)
val write_shared : Unix.file_descr -> string -> int -> int -> int option

(** [random n] is [n] bytes from the kernel, by /dev/urandom if it has no call for that. Waits while the system's generator is not seeded yet. *)
val random : int -> Cstruct.t
