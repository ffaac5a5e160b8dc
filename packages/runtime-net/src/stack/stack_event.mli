(* SPDX-License-Identifier: ISC *)

(** What a stack reports to its creator. *)

type t =
  | Address of Ipaddr.V4.t  (** the stack has this address from now on *)
  | Address6 of Ipaddr.V6.t  (** likewise; not told of addresses of the link *)
  | Listen_tcp of int  (** an application listens on this TCP port *)
  | Listen_udp of int

(** One line: [address IP], [listen tcp PORT], [listen udp PORT]. *)
val to_string : t -> string
