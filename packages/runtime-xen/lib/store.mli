(* SPDX-License-Identifier: ISC *)

(** A client of xenstore (xen/io/xs_wire.h, docs/misc/xenstore.txt of Xen). Paths
    that do not begin with [/] are below [/local/domain/] and our own number. *)

(** What xenstore answers: the name of an error of POSIX, such as [EACCES]. *)
exception Error of string

(** Whether there is one. Without, everything below fails with {!Error}. *)
val is_available : unit -> bool

val read : string -> string Lwt.t

(** [None] if there is no such entry. *)
val read_opt : string -> string option Lwt.t

(** [write path value] also makes the entry, and those above. *)
val write : string -> string -> unit Lwt.t

val remove : string -> unit Lwt.t

(** The names below an entry; none if it does not exist. *)
val directory : string -> string list Lwt.t

type watch

(** [watch path callback] has [callback] called once soon, and whenever the entry or
    one below changes. *)
val watch : string -> (unit -> unit) -> watch Lwt.t

val unwatch : watch -> unit Lwt.t
