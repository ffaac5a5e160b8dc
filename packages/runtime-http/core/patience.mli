(* SPDX-License-Identifier: ISC *)

(** Waiting for the peer of one connection, until the server wants that to end. A
    read and a write may wait at the same time. *)

(** The peer is waited for no longer. *)
exception Stopped of Roster.stop

type t

(** [create roster] is a new member of [roster]. *)
val create : Roster.t -> t

val member : t -> Roster.member

(** [wait t w operation] is [operation], during which the peer is waited for as
    [w] says, or fails with {!Stopped}. What the operation yields later is lost.
    Once it was [Stopped Shed], all waits are. *)
val wait : t -> Roster.wait -> 'a Lwt.t -> 'a Lwt.t

(** [pause t w] is [wait t w], but the next wait of that kind goes on where this one
    stopped: for the pieces of a head, whose time is not each piece's. *)
val pause : t -> Roster.wait -> 'a Lwt.t -> 'a Lwt.t

(** Ends a sequence of {!pause}. *)
val resume : t -> unit
