(* SPDX-License-Identifier: ISC *)

(** Xen's own calls: see [xen.h] and [events.h]. *)

type buffer = Cstruct.buffer

(** Whether there is Xen; otherwise all else must be left alone. *)
external is_here : unit -> bool = "mirage_xen_present" [@@noalloc]

(** How rings of this processor are laid out, as [protocol] in xenstore says it. *)
external abi : unit -> string = "mirage_xen_abi"

(** A value that the toolstack has left for us (xen/hvm/params.h), or 0. *)
external param : int -> int = "mirage_xen_param" [@@noalloc]

(** [map_grants i page] puts frame [i] of the grant table in place of [page]. *)
external map_grants : int -> buffer -> unit = "mirage_xen_map_grants" [@@noalloc]

(** [end_grant table offset] is [false] if the other domain is using it. *)
external end_grant : buffer -> int -> bool = "mirage_xen_end_grant" [@@noalloc]

(** [event_alloc domain] is a port that [domain] can bind to, or 0. *)
external event_alloc : int -> int = "mirage_xen_event_alloc" [@@noalloc]

external event_close : int -> unit = "mirage_xen_event_close" [@@noalloc]
external event_send : int -> unit = "mirage_xen_event_send" [@@noalloc]

(** Whether the port was pending; it no longer is. *)
external event_take : int -> bool = "mirage_xen_event_take" [@@noalloc]

(** Whether the port ends the machine's sleep from now on: [false] if there are too many;
    until {!event_forget}. *)
external event_listen : int -> bool = "mirage_xen_event_listen" [@@noalloc]

external event_forget : int -> unit = "mirage_xen_event_forget" [@@noalloc]
