(* SPDX-License-Identifier: ISC *)

(** What a driver makes of a network interface; [Netif] is built on it. *)

(** Of the TCP or UDP checksum in a frame that comes in: as it came over the wire; left
    out, as the frame never was on one; found right by the device. *)
type checksum = Computed | Blank | Verified

type t = {
  number : int;  (** among the machine's *)
  mac : Macaddr.t;
  max_frame : int;  (** octets that it takes at once, the Ethernet header included *)
  features : Net_offload.features;
  send : Cstruct.t list -> length:int -> segment_size:int -> unit Lwt.t;
      (** A frame of [length] octets, whose buffers it may keep until it returns;
          [segment_size] as {!Net_offload.segment_size} gives it. Returns when there was
          room for it, in the order of the calls. *)
  receive : (Cstruct.t -> checksum -> unit) option -> unit;
      (** Where frames go from now on. [None]: they stay with the device. *)
  close : unit -> unit Lwt.t;
  lost : string Lwt.t;
      (** Why the machine has taken it away, when it has; nothing more is sent then. *)
}

(** All there are. The name [net] is the first one, and [MIRAGE_NETS] says otherwise. *)
val all : t Devices.t
