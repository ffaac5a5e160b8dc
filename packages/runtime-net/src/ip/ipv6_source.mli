(* SPDX-License-Identifier: ISC *)

(** Which own address to speak from (RFC 6724, section 5). *)

(** [choose candidates dst] is the best of the candidates, each with whether it is
    deprecated; [None] if there are none. *)
val choose : (Ipaddr.V6.t * bool) list -> Ipaddr.V6.t -> Ipaddr.V6.t option

(** [label ip] and [precedence ip] are those of the default policy table (section 2.1). *)
val label : Ipaddr.V6.t -> int

val precedence : Ipaddr.V6.t -> int
