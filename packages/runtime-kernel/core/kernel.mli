(* SPDX-License-Identifier: ISC *)

(** The kernel underneath, as it is: see [kernel/kernel.h] and [kernel/platform.h]. *)

type buffer = Cstruct.buffer

(** {2 Memory} *)

(** [memory address size] is the memory there, regardless of its owner. *)
external memory : int -> int -> buffer = "mirage_kernel_memory"

(** A page of zeros, ours until {!page_free}. *)
external page_alloc : unit -> buffer = "mirage_kernel_page_alloc"

external page_free : buffer -> unit = "mirage_kernel_page_free" [@@noalloc]

(** How many pages there are for everything but the kernel itself. *)
external pages : unit -> int = "mirage_kernel_all_pages" [@@noalloc]

(** Asks for one [Sys.sigusr1] when less than a quarter of the memory is free, or, if that
    is less, less than half of what is free now. *)
external memory_watch : unit -> unit = "mirage_kernel_memory_watch" [@@noalloc]

(** [pages_get n] is [n] contiguous pages that the garbage collector frees. *)
external pages_get : int -> buffer = "mirage_kernel_pages_get"

(** Where it is, for devices too: addresses are physical ones. *)
external address : buffer -> int = "mirage_kernel_address" [@@noalloc]

(** Loads and stores before it are done before those after it, also for another
    processor; and the compiler remembers no earlier load. *)
external barrier : unit -> unit = "mirage_kernel_barrier" [@@noalloc]

(** {2 Time} *)

(** Nanoseconds since some start; what to add for those since 1970. *)
external monotonic : unit -> int = "mirage_kernel_monotonic" [@@noalloc]

external wall_base : unit -> int = "mirage_kernel_wall_base" [@@noalloc]

(** [wait deadline] sleeps until a device has something to tell or the time has come,
    [max_int] being never; it may return early. *)
external wait : int -> unit = "mirage_kernel_wait" [@@noalloc]

(** {2 The rest} *)

(** How many bytes the console would take at once. *)
external console_room : unit -> int = "mirage_kernel_console_room" [@@noalloc]

(** [console_write s off len] writes what there is room for. *)
external console_write : string -> int -> int -> int = "mirage_kernel_console_write"
  [@@noalloc]

(** Fills the buffer; [false] if there is no source of randomness. *)
external entropy : buffer -> bool = "mirage_kernel_entropy" [@@noalloc]

external reboot : unit -> 'a = "mirage_kernel_reboot"

(** Whether who runs the machine has asked the program to end since the last call. *)
external asked_to_stop : unit -> bool = "mirage_kernel_asked_to_stop" [@@noalloc]

(** Passes a line about the program's state on, if somebody listens. *)
external report : string -> unit = "mirage_kernel_report" [@@noalloc]

(** {2 For buses} *)

(** The words [NAME=VALUE] of the line that the loader has passed, in its order. *)
external settings : unit -> string array = "mirage_kernel_settings"

(** ACPI's description of the machine in bytecode, in parts (the DSDT is 0, then come the
    SSDTs); empty if there is no such part. *)
external acpi_definitions : int -> string = "mirage_kernel_acpi_definitions"

(** [board_device kind i] is the [i]th device of that kind that the machine lists without a bus:
    the address of its registers, how many octets they take, and its interrupt line. Empty if
    there are not so many. See [kernel/board.h]. *)
external board_device : string -> int -> int array = "mirage_kernel_board_device"

(** Has an interrupt line end {!wait}; [false] if there is no such line. *)
external interrupt_line : int -> bool = "mirage_kernel_interrupt_line" [@@noalloc]

(** Random bytes from a device, for {!entropy}. *)
external entropy_add : string -> unit = "mirage_kernel_entropy_add" [@@noalloc]
