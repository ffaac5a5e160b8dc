(* SPDX-License-Identifier: ISC *)

(** What a network interface can do for a TCP/IP stack besides carrying frames, which
    is all that {!V1.NETWORK} has words for: compute checksums, and cut large TCP
    segments. An interface and a stack that know this module find each other by the
    interface's MAC address; with one that does not, everything is as without it. *)

type features = {
  checksum : bool;
      (** It completes the TCP checksum of frames that are sent with {!send}, and may
          deliver frames with TCP or UDP whose checksum nobody has computed. *)
  largest : int;
      (** Of the IPv4 datagrams with TCP that it takes and cuts, the length in octets;
          0 if it cuts none. *)
}

(** No features. *)
val none : features

(** {2 For an interface} *)

(** [offer mac features] says what the interface of that address can do; {!none}
    takes it back. *)
val offer : Macaddr.t -> features -> unit

(** [offer_ipv6 mac]: it does the same for IPv6, of which [largest] is then the length of
    header and payload as well. *)
val offer_ipv6 : Macaddr.t -> unit

(** Whether a stack has accepted the offer. Otherwise all delivered frames must have
    their checksums. *)
val is_accepted : Macaddr.t -> bool

(** [segment_size parts] is for [writev], before it waits for anything: the greatest
    payload of the TCP segments to be made of this frame, whose checksum field holds
    the sum of the pseudo header (RFC 9293, section 3.1) alone; 0 if it is to go as
    it is. *)
val segment_size : Cstruct.t list -> int

(** [tcp_header frame] is where TCP's header starts and where it ends, in octets of a
    frame with TCP and IPv4, or IPv6 without extension headers. *)
val tcp_header : Cstruct.t -> int * int

(** [deliver_verified frame f] is [f frame], and while that runs, the frame's TCP or
    UDP checksum counts as right, whatever it is. *)
val deliver_verified : Cstruct.t -> (Cstruct.t -> 'a) -> 'a

(** Whether a frame carries IPv6. *)
val is_ipv6 : Cstruct.t -> bool

(** {2 For a stack} *)

(** [accept mac] takes the offer of the interface of that address; the receiver
    of its datagrams then asks {!is_verified}. *)
val accept : Macaddr.t -> unit

(** [features_of frame] is what may be used for a frame that is about to be sent, by
    its source address: {!none} unless it was accepted. *)
val features_of : Cstruct.t -> features

(** [send frame ~segment_size f] is [f ()], which at once hands the frame that begins
    with [frame] to the interface; see {!val:segment_size} for what is asked of it. *)
val send : Cstruct.t -> segment_size:int -> (unit -> 'a) -> 'a

(** Whether the datagram is part of a frame that is being delivered by
    {!deliver_verified}. *)
val is_verified : Cstruct.t -> bool
