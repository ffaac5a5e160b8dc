(* SPDX-License-Identifier: ISC *)

(** Network devices that the parent process hands over. *)

(** What reading such a descriptor gives, and writing takes. *)
type kind =
  | Ethernet  (** frames *)
  | Ethernet_offload
      (** frames behind a header that takes work off their reader and writer:
          IFF_VNET_HDR of Linux's Documentation/networking/tuntap.rst, and struct
          virtio_net_hdr of linux/virtio_net.h *)
  | Ip  (** IP packets: Linux's TUN with IFF_NO_PI *)
  | Ip_family
      (** IP packets behind their address family, 32 bits in network order: utun of macOS *)

val kind : Unix.file_descr -> kind

(** [leave_to_reader fd yes] says whether frames that this machine sends may come
    without the checksum of TCP or UDP and, TCP over IPv4, not cut into segments
    (TUNSETOFFLOAD). *)
val leave_to_reader : Unix.file_descr -> bool -> unit

(** {1 The header of [Ethernet_offload]} *)

(** Its octets. *)
val header_length : int

(** Whether the header, that of a frame which was read, vouches for the checksum, or
    says that it was left out. *)
val is_verified : Cstruct.t -> bool

(** [write_header header ~segment_size ~ipv6 ~tcp ~payload ~length] is for a frame where
    TCP's header begins at octet [tcp] and a payload of [length] octets at [payload].
    With a [segment_size] other than 0, the device completes the TCP checksum and cuts
    the payload in pieces of that. *)
val write_header :
  Cstruct.t ->
  segment_size:int ->
  ipv6:bool ->
  tcp:int ->
  payload:int ->
  length:int ->
  unit
