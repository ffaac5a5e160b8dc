(* SPDX-License-Identifier: ISC *)

(** What a connection needs of the network. *)

(** The peer has gone. *)
exception Broken

type t = {
  read : unit -> Cstruct.t option Lwt.t;
      (** the next data; [None] at the end. When the connection broke, [None] too, or
          it fails with {!Broken} *)
  write : Cstruct.t list -> unit Lwt.t;
      (** sends at once; the memory does not change until it was sent; fails with
          {!Broken} *)
  close : unit -> unit Lwt.t;
      (** sends the end of the stream; what the peer sends can be read further *)
}
