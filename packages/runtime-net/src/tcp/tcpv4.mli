(* SPDX-License-Identifier: ISC *)

(** TCP over IPv4 (RFC 9293).

    [write] copies its data into the send queue, which holds 32 KiB at least unless memory is short, so
    that the memory is the caller's again when it returns; it fails with
    {!Closed} once the connection is over. Data goes out at the end of the
    current turn of the main loop, or with the reply to the segment that is being
    processed, so that what several writes contribute travels together. Nagle's
    algorithm holds a last small segment back only while four others are
    unacknowledged, and for 5 ms at most; [writev] and [write_nodelay] are not
    held back at all.

    [read] gives received memory away without copying it, but for small pieces.
    [close] returns when
    all data and the FIN have been sent; what the peer still sends can be read.
    A callback that fails has its connection reset.

    A peer that is silent although there is data for it is given up after two
    minutes, an idle one after eight. *)

(** The connection is over, with the reason in words. *)
exception Closed of string

module type S = sig
  include
    V1_LWT.TCPV4
      with type ipv4input =
        src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

  (** [set_config t config] holds for connections to come. *)
  val set_config : t -> Tcp_config.t -> unit

  (** The number of connections in whatever state, TIME-WAIT included. *)
  val connections : t -> int
end

module Make
    (I : V1_LWT.IPV4)
    (Time : V1_LWT.TIME)
    (Clock : V1.CLOCK)
    (Random : V1.RANDOM) : S with type ipv4 = I.t

(** The spelling of 2014. *)
module Flow : sig
  module Make
      (I : V1_LWT.IPV4)
      (Time : V1_LWT.TIME)
      (Clock : V1.CLOCK)
      (Random : V1.RANDOM) : S with type ipv4 = I.t
end
