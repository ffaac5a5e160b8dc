(* SPDX-License-Identifier: ISC *)

(** The frames that stacks send and receive, as a file of pcapng that Wireshark and tcpdump
    read (draft-ietf-opsawg-pcapng). One capture runs at a time. *)

(** [start ~now ~write ?snap ()] begins one, in place of an earlier one. [write] gets the
    file, piece by piece: it should not wait, and what it raises ends the capture. [now ()]
    is the time in seconds since 1970, and of each frame [snap] octets are kept, 65535 by
    default. *)
val start : now:(unit -> float) -> write:(string -> unit) -> ?snap:int -> unit -> unit

val stop : unit -> unit
val is_running : unit -> bool

type direction = Received | Sent

(** [frame interface direction parts] is for who carries frames; nothing happens without a
    capture. [interface] is the address of the interface. *)
val frame : Macaddr.t -> direction -> Cstruct.t list -> unit
