(* SPDX-License-Identifier: ISC *)

(** What a driver makes of a disk; [Block] is built on it. *)

type error = [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]
type info = { read_write : bool; sector_size : int; size_sectors : int64 }

type t = {
  info : info;
  read : int64 -> Cstruct.t list -> (unit, error) result Lwt.t;
      (** From that sector on; the buffers are whole sectors, all of them on the disk. *)
  write : int64 -> Cstruct.t list -> (unit, error) result Lwt.t;
  flush : unit -> (unit, error) result Lwt.t;
      (** What was written before is on the disk, as far as the device can tell. *)
  discard : int64 -> int64 -> (unit, error) result Lwt.t;
      (** What is in so many sectors from the first one on is of no use any more; all of them
          are on the disk. [`Unimplemented] if the device has no use for that. *)
  close : unit -> unit Lwt.t;  (** after {!flush}; waits for what is under way *)
  lost : string Lwt.t;
      (** Why the machine has taken it away, when it has; all that is under way fails with
          [`Disconnected] then. *)
}

(** All there are; [MIRAGE_BLOCKS] says which is which. *)
val all : t Devices.t
