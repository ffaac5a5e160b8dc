(* SPDX-License-Identifier: ISC *)

(** [encode octets] in the alphabet of RFC 4648, section 4, with padding. *)
val encode : string -> string
