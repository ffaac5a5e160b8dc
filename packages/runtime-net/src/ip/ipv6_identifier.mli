(* SPDX-License-Identifier: ISC *)

(** Interface identifiers that say nothing of the interface and stay the same in the same
    network (RFC 7217). *)

(** [make ~prefix ~mac ~secret ~attempt] are 8 octets; [attempt] counts the addresses that
    turned out to be somebody else's. *)
val make : prefix:Ipaddr.V6.t -> mac:Macaddr.t -> secret:string -> attempt:int -> string
