(* SPDX-License-Identifier: ISC *)

(** What a connection needs of the network. *)

(** The peer has gone. *)
exception Broken

type t = {
  read : unit -> Cstruct.t option Lwt.t;
      (** the next data; [None] at the end, or when the connection broke *)
  write : Cstruct.t list -> unit Lwt.t;
      (** sends at once; takes the memory over; fails with {!Broken} *)
  close : unit -> unit Lwt.t;  (** sends the end of the stream *)
}

(** [with_timeout timeout t] takes the peer for gone when a read, a write or
    the closing has not come to an end when [timeout ()], started with it, is over. *)
val with_timeout : (unit -> unit Lwt.t) -> t -> t
