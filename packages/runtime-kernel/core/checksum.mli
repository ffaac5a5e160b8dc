(* SPDX-License-Identifier: ISC *)

(** [fill frame] computes the checksum of a TCP segment or UDP datagram in an
    Ethernet frame, for senders that have left it to the hardware. Other frames stay
    as they are. *)
val fill : Cstruct.t -> unit
