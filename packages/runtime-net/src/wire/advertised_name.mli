(* SPDX-License-Identifier: ISC *)

(** Names of hosts and domains as DHCP and routers tell them: letters, digits, hyphens and underscores
    in labels of up to 63, separated by dots, 253 characters at most. Others are dropped:
    they come from whoever answered first. *)

(** [of_text text] is the name that [text] holds, without a dot or NULs at its end, as some
    servers send them. *)
val of_text : string -> string option

(** [list_of_wire octets] are the names of a search list (RFC 3397), which may refer to each
    other's ends; what follows a malformed one is not looked at. At most 32 are taken. *)
val list_of_wire : string -> string list
