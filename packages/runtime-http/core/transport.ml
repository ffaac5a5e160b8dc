(* SPDX-License-Identifier: ISC *)

exception Broken

type t = {
  read : unit -> Cstruct.t option Lwt.t;
  write : Cstruct.t list -> unit Lwt.t;
  close : unit -> unit Lwt.t;
}
