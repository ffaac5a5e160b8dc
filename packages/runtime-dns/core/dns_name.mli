(* SPDX-License-Identifier: ISC *)

(** Domain names: RFC 1035, sections 2.3 and 3.1. *)

(** Labels from the host's own to the top. *)
type t = private string list

(** [of_labels labels] is the name of these labels; [None] if one is empty or longer than
    63 octets, or all are longer than 255 on the wire. *)
val of_labels : string list -> t option

(** [of_host text] is a host's name in dotted form, with or without the dot that ends an
    absolute one. Labels consist of letters, digits, hyphens and underscores, hyphens not
    at their ends (RFC 1123, section 2.1; underscores are in use).
    @return [Error] with a sentence that says what is wrong. *)
val of_host : string -> (t, string) result

(** Whether there is a dot at the end of what was given to {!of_host}, or several labels
    in it: [`Absolute], [`Dotted], [`Single]. *)
val shape : string -> [ `Absolute | `Dotted | `Single ]

val to_string : t -> string

(** In lower case: for comparisons (RFC 4343). *)
val canonical : t -> t

(** [equal a b] disregards the case of ASCII letters. *)
val equal : t -> t -> bool

(** [append a b] is [a] below [b]; [None] if that is too long. *)
val append : t -> t -> t option

(** [scramble bits t] has upper-case letters where [bits i] says so for the [i]-th letter:
    a reply that repeats them is likely one to this query
    (draft-vixie-dnsext-dns0x20). *)
val scramble : (int -> bool) -> t -> t
