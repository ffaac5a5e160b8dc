(* SPDX-License-Identifier: ISC *)

(** Address resolution (RFC 826) for one Ethernet interface.

    The cache is bounded, learns only from answers to own questions and from
    neighbours that ask for an own address, and forgets what has not been
    confirmed for some minutes. Questions are repeated each second, three times
    in all, which needs {!Net_time}. *)

type t

(** Nobody answers for this address, or too many questions are open. *)
exception No_answer of Ipaddr.V4.t

(** [create ~mac ~output] resolves for the interface [mac]; [output] sends a
    frame. *)
val create : mac:Macaddr.t -> output:(Cstruct.t -> unit Lwt.t) -> t

(** [input t payload] takes the payload of an ARP frame. *)
val input : t -> Cstruct.t -> unit Lwt.t

(** [query t ip] is the address of [ip]. It fails with {!No_answer}. *)
val query : t -> Ipaddr.V4.t -> Macaddr.t Lwt.t

(** The own addresses, which [t] answers for. *)
val get_ips : t -> Ipaddr.V4.t list

(** [set_ips t ips] replaces them, and announces them (RFC 5227, section 3). *)
val set_ips : t -> Ipaddr.V4.t list -> unit Lwt.t

(** [add_ip t ip] answers for [ip] too, and announces it. *)
val add_ip : t -> Ipaddr.V4.t -> unit Lwt.t

(** [remove_ip t ip] no longer answers for [ip]. *)
val remove_ip : t -> Ipaddr.V4.t -> unit Lwt.t
