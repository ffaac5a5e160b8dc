(* SPDX-License-Identifier: ISC *)

type buffer = Cstruct.buffer

external is_here : unit -> bool = "mirage_xen_present" [@@noalloc]
external abi : unit -> string = "mirage_xen_abi"
external param : int -> int = "mirage_xen_param" [@@noalloc]
external map_grants : int -> buffer -> unit = "mirage_xen_map_grants" [@@noalloc]
external end_grant : buffer -> int -> bool = "mirage_xen_end_grant" [@@noalloc]
external event_alloc : int -> int = "mirage_xen_event_alloc" [@@noalloc]
external event_close : int -> unit = "mirage_xen_event_close" [@@noalloc]
external event_send : int -> unit = "mirage_xen_event_send" [@@noalloc]
external event_take : int -> bool = "mirage_xen_event_take" [@@noalloc]
external event_listen : int -> bool = "mirage_xen_event_listen" [@@noalloc]
external event_forget : int -> unit = "mirage_xen_event_forget" [@@noalloc]
