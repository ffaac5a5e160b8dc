(* SPDX-License-Identifier: ISC *)

type error = [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]
type info = { read_write : bool; sector_size : int; size_sectors : int64 }

type t = {
  info : info;
  read : int64 -> Cstruct.t list -> (unit, error) result Lwt.t;
  write : int64 -> Cstruct.t list -> (unit, error) result Lwt.t;
  flush : unit -> (unit, error) result Lwt.t;
  discard : int64 -> int64 -> (unit, error) result Lwt.t;
  close : unit -> unit Lwt.t;
  lost : string Lwt.t;
}

let all : t Devices.t = Devices.create ~what:"block device" ~variable:"MIRAGE_BLOCKS" ()
