(* SPDX-License-Identifier: ISC *)

(** Addresses of hosts by name: a stub resolver (RFC 1034, section 5.3.1). It asks the
    recursive servers that {!Name_service} knows at the time, over UDP, and over TCP where
    a reply is too long. *)

(** What the resolver needs of a stack beyond V1: a UDP port for one question. Both stacks
    of mirage have it. *)
module type STACK = sig
  include V1_LWT.STACKV4

  (** [bind_udpv4 t f] has [f] called with what arrives at a free port that nobody can
      guess (RFC 6056); the port, and what gives it back. *)
  val bind_udpv4 : t -> UDPV4.callback -> int * (unit -> unit)
end

(** Each server has 2 s to answer, then 4 s in a second round. Answers are kept as long as
    they hold, 256 of them. Equal questions at one time are asked once. *)
module Make (S : STACK) (Time : V1_LWT.TIME) (Clock : V1.CLOCK) :
  V1_LWT.RESOLVER with type id = S.t
