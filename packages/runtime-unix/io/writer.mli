(* SPDX-License-Identifier: ISC *)

(** Writers to one non-blocking file descriptor, which take turns when it is
    full. *)

type t

val create : Lwt_unix.file_descr -> t

(** [write t attempt] calls [attempt] until it is [true]: at once if nobody is
    waiting, then in the order of the calls, each time the descriptor can take
    more. What [attempt] raises, and what it raises once the descriptor was
    closed, is the result's failure. *)
val write : t -> (unit -> bool) -> unit Lwt.t

(** Returns when all earlier writes are done. *)
val idle : t -> unit Lwt.t
