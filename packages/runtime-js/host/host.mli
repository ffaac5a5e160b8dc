(* SPDX-License-Identifier: ISC *)

(** The host of a program in JavaScript, as [program/host.js] offers it. What OCaml gives to the
    host is called in turns of the host's main loop, and must not raise. *)

(** {1 The main loop} *)

type timer

(** Seconds since 1970, in steps of less than a millisecond. *)
val now : unit -> float

(** [set_timer seconds f] has [f ()] called once, when that much time has passed. *)
val set_timer : float -> (unit -> unit) -> timer

val clear_timer : timer -> unit

(** [defer f] has [f ()] called after what the host has to do now. *)
val defer : (unit -> unit) -> unit

(** [suspend f] leaves the program to what it has the host call, and doesn't return. [f number]
    says that the program shall end, with the number of a signal. *)
val suspend : (int -> unit) -> 'a

(** {1 The process} *)

(** [random n] are [n] octets fit for keys. *)
val random : int -> Cstruct.t

(** [print 1 text] is for standard output, [print 2 text] for standard error. *)
val print : int -> string -> unit

(** [take_output channel descriptor] has what is written to [channel] printed. *)
val take_output : out_channel -> int -> unit

(** A line for whoever started the program. *)
val report : string -> unit

(** Octets that peers may have the program hold; 0 if nobody knows. *)
val peer_memory : unit -> int

(** {1 Network interfaces} *)

type network

val has_network : string -> bool
val open_network : string -> (network, string) result
val network_mac : network -> string

(** Who listens last gets the frames. *)
val network_listen : network -> (Cstruct.t -> unit) -> unit

(** The memory may be used again when it returns. *)
val network_send : network -> Cstruct.t list -> unit

val close_network : network -> unit

(** {1 What takes time} *)

(** The host could not do it, and why. *)
exception Failed of string

(** {1 Disks} *)

type disk

val open_disk : string -> (disk, string) result

(** In octets. *)
val disk_size : disk -> float

val disk_read_only : disk -> bool

(** [disk_read disk position parts] fills [parts] from the octet [position] on. *)
val disk_read : disk -> float -> Cstruct.t list -> unit Lwt.t

val disk_write : disk -> float -> Cstruct.t list -> unit Lwt.t
val disk_flush : disk -> unit Lwt.t
val close_disk : disk -> unit

(** {1 Sockets} *)

type sockets
type listener
type flow
type socket

(** The host's sockets, or why it has none. *)
val sockets : unit -> (sockets, string) result

(** The addresses of the name servers that the host asks; Node.js writes a port other than 53
    behind them. *)
val name_servers : sockets -> string array

(** [tcp_listen sockets address port f] calls [f] for each connection. If the port cannot be
    had, the program ends. *)
val tcp_listen : sockets -> string -> int -> (flow -> unit) -> listener

val close_listener : listener -> unit

(** [from] is an address of the host, or 0.0.0.0. It fails with {!Failed}: [refused], [timeout]
    or other words. *)
val tcp_connect : sockets -> from:string -> string -> int -> flow Lwt.t

val tcp_peer_address : flow -> string
val tcp_peer_port : flow -> int

(** What was received next; nothing at the end. *)
val tcp_read : flow -> Cstruct.t Lwt.t

(** Returns when the memory may be used again. *)
val tcp_write : flow -> Cstruct.t list -> unit Lwt.t

(** Closes the own side, when all is sent. *)
val tcp_close : flow -> unit Lwt.t

val tcp_reset : flow -> unit

(** [udp_open sockets address port f] calls [f source source_port destination payload] for each
    datagram. Port 0 is one that the host chooses. *)
val udp_open :
  sockets -> string -> int -> (string -> int -> string -> Cstruct.t -> unit) -> socket

(** The own port, even if the host has chosen it. *)
val udp_port : socket -> int

val udp_send : socket -> string -> int -> Cstruct.t -> unit Lwt.t
val close_socket : socket -> unit
