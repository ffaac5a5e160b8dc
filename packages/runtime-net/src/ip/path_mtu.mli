(* SPDX-License-Identifier: ISC *)

(** What the paths to destinations take at a time (RFC 8201), as far as it is less than what
    the link does. At most 256 destinations are remembered, for ten minutes. *)

type t

val create : unit -> t

(** [reduce t ~now dst octets] is for a message that says so; less than 1280 is not taken.
    Times are in seconds. *)
val reduce : t -> now:float -> Ipaddr.V6.t -> int -> unit

(** [get t ~now dst ~link] is what the path takes, [link] at most. *)
val get : t -> now:float -> Ipaddr.V6.t -> link:int -> int
