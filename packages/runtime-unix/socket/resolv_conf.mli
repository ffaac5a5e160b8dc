(* SPDX-License-Identifier: ISC *)

(** The host's name servers: resolv.conf(5). *)

(** [/etc/resolv.conf] *)
val path : string

(** [read path] are the servers and domains of that file. Lines that say something else,
    or that cannot be read, are passed over; {!Name_service.none} if there is no file. Of
    several [search] or [domain] lines the last one counts. *)
val read : string -> Name_service.t

(** [parse text] are those of the file's text. *)
val parse : string -> Name_service.t
