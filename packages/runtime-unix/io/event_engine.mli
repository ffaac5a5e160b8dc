(* SPDX-License-Identifier: ISC *)

(** The system call by which Lwt waits for descriptors. *)

(** Replaces Lwt's select(2), which refuses descriptors from 1024 on, and other engines that
    are not this system's best, by poll(2); all that waits already moves along. Where Lwt
    has libev, and that uses epoll(7), nothing is changed. *)
val choose : unit -> unit
