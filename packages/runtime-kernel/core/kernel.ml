(* SPDX-License-Identifier: ISC *)

type buffer = Cstruct.buffer

external memory : int -> int -> buffer = "mirage_kernel_memory"
external page_alloc : unit -> buffer = "mirage_kernel_page_alloc"
external page_free : buffer -> unit = "mirage_kernel_page_free" [@@noalloc]
external pages : unit -> int = "mirage_kernel_all_pages" [@@noalloc]
external memory_watch : unit -> unit = "mirage_kernel_memory_watch" [@@noalloc]
external pages_get : int -> buffer = "mirage_kernel_pages_get"
external address : buffer -> int = "mirage_kernel_address" [@@noalloc]
external barrier : unit -> unit = "mirage_kernel_barrier" [@@noalloc]
external monotonic : unit -> int = "mirage_kernel_monotonic" [@@noalloc]
external wall_base : unit -> int = "mirage_kernel_wall_base" [@@noalloc]
external wait : int -> unit = "mirage_kernel_wait" [@@noalloc]
external console_room : unit -> int = "mirage_kernel_console_room" [@@noalloc]

external console_write : string -> int -> int -> int = "mirage_kernel_console_write"
  [@@noalloc]

external entropy : buffer -> bool = "mirage_kernel_entropy" [@@noalloc]
external reboot : unit -> 'a = "mirage_kernel_reboot"
external asked_to_stop : unit -> bool = "mirage_kernel_asked_to_stop" [@@noalloc]
external report : string -> unit = "mirage_kernel_report" [@@noalloc]
external settings : unit -> string array = "mirage_kernel_settings"
external acpi_definitions : int -> string = "mirage_kernel_acpi_definitions"
external board_device : string -> int -> int array = "mirage_kernel_board_device"
external interrupt_line : int -> bool = "mirage_kernel_interrupt_line" [@@noalloc]
external entropy_add : string -> unit = "mirage_kernel_entropy_add" [@@noalloc]
