(* SPDX-License-Identifier: ISC *)

type checksum = Computed | Blank | Verified

type t = {
  number : int;
  mac : Macaddr.t;
  max_frame : int;
  features : Net_offload.features;
  send : Cstruct.t list -> length:int -> segment_size:int -> unit Lwt.t;
  receive : (Cstruct.t -> checksum -> unit) option -> unit;
  close : unit -> unit Lwt.t;
  lost : string Lwt.t;
}

let all : t Devices.t =
  Devices.create ~what:"network device" ~default:"net" ~variable:"MIRAGE_NETS" ()
