(* SPDX-License-Identifier: ISC *)

(** Ports that nobody can guess: RFC 6056, section 3.3.1. They are those of 49152-65535 (RFC
    6335, section 6). *)

(** [search f] is the first [Some] that [f] has for a port, from a random one on; [None] if
    it has none for any. *)
val search : (int -> 'a option) -> 'a option

(** [choose ~taken] is a port that is not [taken].
    @raise Failure if all are. *)
val choose : taken:(int -> bool) -> int
