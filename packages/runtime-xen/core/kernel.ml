(* SPDX-License-Identifier: ISC *)

type buffer = Cstruct.buffer
type ports = (int32, Bigarray.int32_elt, Bigarray.c_layout) Bigarray.Array1.t

external on_xen : unit -> bool = "mirage_xen_present" [@@noalloc]
external param : int -> int = "mirage_xen_param" [@@noalloc]
external memory : int -> int -> buffer = "mirage_xen_memory"
external page_alloc : unit -> buffer = "mirage_xen_page_alloc"
external pages : unit -> int = "mirage_xen_all_pages" [@@noalloc]
external memory_watch : unit -> unit = "mirage_xen_memory_watch" [@@noalloc]
external page_free : buffer -> unit = "mirage_xen_page_free" [@@noalloc]
external pages_get : int -> buffer = "mirage_xen_pages_get"
external frame : buffer -> int = "mirage_xen_frame" [@@noalloc]
external barrier : unit -> unit = "mirage_xen_barrier" [@@noalloc]
external map_grants : int -> buffer -> unit = "mirage_xen_map_grants" [@@noalloc]
external end_grant : buffer -> int -> bool = "mirage_xen_end_grant" [@@noalloc]
external event_alloc : int -> int = "mirage_xen_event_alloc" [@@noalloc]
external event_close : int -> unit = "mirage_xen_event_close" [@@noalloc]
external event_send : int -> unit = "mirage_xen_event_send" [@@noalloc]
external event_take : int -> bool = "mirage_xen_event_take" [@@noalloc]
external monotonic : unit -> int = "mirage_xen_monotonic" [@@noalloc]
external wall_base : unit -> int = "mirage_xen_wall_base" [@@noalloc]
external wait : ports -> int -> int -> unit = "mirage_xen_wait" [@@noalloc]
external console_port : unit -> int = "mirage_xen_console_port" [@@noalloc]

external console_write : string -> int -> int -> int = "mirage_xen_console_write"
  [@@noalloc]

external entropy : buffer -> bool = "mirage_xen_entropy" [@@noalloc]
external reboot : unit -> 'a = "mirage_xen_reboot"
