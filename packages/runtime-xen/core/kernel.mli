(* SPDX-License-Identifier: ISC *)

(** The kernel underneath, as it is: see [kernel/kernel.h]. *)

type buffer = Cstruct.buffer
type ports = (int32, Bigarray.int32_elt, Bigarray.c_layout) Bigarray.Array1.t

(** Whether there is Xen; otherwise all but time, memory, console and entropy
    must be left alone. *)
external on_xen : unit -> bool = "mirage_xen_present" [@@noalloc]

(** A value that the toolstack has left for us (xen/hvm/params.h), or 0. *)
external param : int -> int = "mirage_xen_param" [@@noalloc]

(** [memory address size] is the memory there, whoever owns it. *)
external memory : int -> int -> buffer = "mirage_xen_memory"

(** A page of zeros, ours until {!page_free}. *)
external page_alloc : unit -> buffer = "mirage_xen_page_alloc"

external page_free : buffer -> unit = "mirage_xen_page_free" [@@noalloc]

(** How many pages there are for everything but the kernel itself. *)
external pages : unit -> int = "mirage_xen_all_pages" [@@noalloc]

(** Asks for one [Sys.sigusr1] when less than a quarter of the memory is free, or, if that
    is less, less than half of what is free now. *)
external memory_watch : unit -> unit = "mirage_xen_memory_watch" [@@noalloc]

(** [pages_get n] is [n] contiguous pages that the garbage collector frees. *)
external pages_get : int -> buffer = "mirage_xen_pages_get"

(** The number of a page, as Xen counts them. *)
external frame : buffer -> int = "mirage_xen_frame" [@@noalloc]

(** Loads and stores before it are done before those after it, also for another
    processor; and the compiler remembers no earlier load. *)
external barrier : unit -> unit = "mirage_xen_barrier" [@@noalloc]

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

(** Nanoseconds since some start; what to add for those since 1970. *)
external monotonic : unit -> int = "mirage_xen_monotonic" [@@noalloc]

external wall_base : unit -> int = "mirage_xen_wall_base" [@@noalloc]

(** [wait ports n deadline] sleeps until one of the first [n] ports is pending or
    the time has come, [max_int] being never; it may return early. *)
external wait : ports -> int -> int -> unit = "mirage_xen_wait" [@@noalloc]

(** The console's port, 0 if there is none. *)
external console_port : unit -> int = "mirage_xen_console_port" [@@noalloc]

(** [console_write s off len] writes what there is room for. *)
external console_write : string -> int -> int -> int = "mirage_xen_console_write"
  [@@noalloc]

(** Fills the buffer; [false] if there is no source of randomness. *)
external entropy : buffer -> bool = "mirage_xen_entropy" [@@noalloc]

external reboot : unit -> 'a = "mirage_xen_reboot"
