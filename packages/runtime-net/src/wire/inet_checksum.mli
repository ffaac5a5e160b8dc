(* SPDX-License-Identifier: ISC *)

(** The Internet checksum (RFC 1071): the complement of the one's complement sum
    of 16-bit words. A sum is kept folded, between 0 and 0xffff. *)

(** [add sum buf] is [sum] and all octets of [buf], which starts at an even
    offset of the covered data; an odd length is padded with a zero octet. *)
val add : int -> Cstruct.t -> int

(** [add_list sum bufs] is [sum] and the concatenation of [bufs], of whatever
    lengths. *)
val add_list : int -> Cstruct.t list -> int

(** [add_word sum w] is [sum] and the 16-bit word [w]. *)
val add_word : int -> int -> int

(** The sum of two addresses, which is all that a pseudo header depends on besides
    protocol and length. *)
val addresses : src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> int

(** Likewise for IPv6. *)
val addresses6 : src:Ipaddr.V6.t -> dst:Ipaddr.V6.t -> int

(** [pseudo_header ~addresses ~proto len] is the sum of the header that TCP, UDP and
    ICMPv6 prepend for their checksum (RFC 9293, section 3.1; RFC 8200, section 8.1: the
    same sum), with [len] octets of transport header and data, less than 65536. *)
val pseudo_header : addresses:int -> proto:int -> int -> int

(** [finish sum] is the checksum to store. Over data that includes a correct
    checksum it is 0. *)
val finish : int -> int
