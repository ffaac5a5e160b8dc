(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core
open Mirage_runtime_virtio_queue

type device = int

external read_config : int -> int -> int = "mirage_virtio_pci_read" [@@noalloc]
external write_config : int -> int -> int -> unit = "mirage_virtio_pci_write" [@@noalloc]
external message_address : unit -> int = "mirage_virtio_message_address" [@@noalloc]
external message_word : unit -> int = "mirage_virtio_message_word" [@@noalloc]

let read32 device at = read_config device (at land lnot 3)
let read16 device at = (read32 device at lsr (8 * (at land 2))) land 0xffff
let read8 device at = (read32 device at lsr (8 * (at land 3))) land 0xff

let write16 device at v =
  let shift = 8 * (at land 2) in
  let rest = read32 device at land lnot (0xffff lsl shift) in
  write_config device (at land lnot 3) (rest lor (v lsl shift))

let vendor device = read16 device 0
let identity device = read16 device 2
let subsystem device = read16 device 0x2e

let name device =
  Printf.sprintf "pci %02x:%02x.%x" (device lsr 8) ((device lsr 3) land 31) (device land 7)

(* {2 Enumeration: sections 6.2.1 and 3.2.2.3.4; PCI-to-PCI Bridge Architecture 1.2, section
   3.2} *)

let nobody = 0xffff
let header_type device = read8 device 0x0e
let has_functions device = header_type device land 0x80 <> 0
let is_bridge device = header_type device land 0x7f = 1
let secondary_bus device = read8 device 0x19

(* Buses behind a bridge have greater numbers; a bridge that firmware has not set up has
   none. *)
let rec on_bus bus =
  List.concat_map (fun slot -> in_slot bus (((bus lsl 5) lor slot) lsl 3)) (List.init 32 Fun.id)

and in_slot bus device =
  if vendor device = nobody then []
  else
    let functions = if has_functions device then 8 else 1 in
    List.concat_map (at bus) (List.init functions (fun f -> device lor f))

and at bus device =
  if vendor device = nobody then []
  else if is_bridge device then
    let behind = secondary_bus device in
    if behind > bus then on_bus behind else []
  else [ device ]

let all () = on_bus 0

(* {2 Capabilities: section 6.7} *)

let status = 0x06
let has_capabilities = 0x10
let first_capability = 0x34

let capabilities device =
  let rec from at left =
    if at < 0x40 || left = 0 then []
    else (read8 device at, at) :: from (read8 device (at + 1) land 0xfc) (left - 1)
  in
  if read16 device status land has_capabilities = 0 then []
  else from (read8 device first_capability land 0xfc) 48

(* {2 Memory: section 6.2.5} *)

let is_port_space bar = bar land 1 <> 0
let is_64_bits bar = bar land 6 = 4

(* Where devices may be put that no firmware has given a place: QEMU's microvm has none. *)
let window = lazy (ref (Pci_window.of_bytecode (Kernel.acpi_definitions 0)))

(* What is written to a register for an address comes back as far as it can be set. *)
let size_of device at bar =
  write_config device at 0xffff_ffff;
  let settable = read32 device at land 0xffff_fff0 in
  write_config device at bar;
  if settable = 0 then 0 else (lnot settable + 1) land 0xffff_ffff

let place device at bar =
  let window = Lazy.force window in
  match Pci_window.take !window (size_of device at bar) with
  | None -> None
  | Some (address, rest) ->
      window := rest;
      write_config device at (address lor (bar land 0xf));
      if is_64_bits bar then write_config device (at + 4) 0;
      Some address

let base device i =
  let at = 0x10 + (4 * i) in
  let bar = if i > 5 then 1 else read32 device at in
  if is_port_space bar then None
  else
    let low = bar land 0xffff_fff0 in
    let high = if is_64_bits bar && i < 5 then read32 device (at + 4) else 0 in
    match (high lsl 32) lor low with 0 -> place device at bar | address -> Some address

let command = 0x04
let memory_space = 2
let bus_master = 4
let no_line = 0x400

let enable device =
  let wanted = memory_space lor bus_master lor no_line in
  write16 device command (read16 device command lor wanted)

(* {2 MSI-X: section 6.8.2} *)

let msix = 0x11
let msix_enable = 0x8000
let msix_mask_all = 0x4000

(* Not every machine has an address for messages. *)
let use_messages device =
  match List.assoc_opt msix (capabilities device) with
  | None -> false
  | Some _ when message_address () = 0 -> false
  | Some at -> (
      let table = read32 device (at + 4) in
      match base device (table land 7) with
      | None -> false
      | Some address ->
          let entry = address + (table land lnot 7) in
          Register.map entry 16;
          Register.write32 entry (message_address () land 0xffff_ffff);
          Register.write32 (entry + 4) (message_address () lsr 32);
          Register.write32 (entry + 8) (message_word ());
          Register.write32 (entry + 12) 0;
          let control = read16 device (at + 2) land lnot msix_mask_all in
          write16 device (at + 2) (control lor msix_enable);
          true)
