(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core
open Mirage_runtime_virtio_queue

(* Virtual I/O Device (VIRTIO) Version 1.2, section 4.2.2: registers of 32 bits. *)
let magic = 0x000
let version = 0x004
let device_id = 0x008
let device_features = 0x010
let device_features_select = 0x014
let driver_features = 0x020
let driver_features_select = 0x024
let queue_select = 0x030
let queue_size_max = 0x034
let queue_size = 0x038
let queue_ready = 0x044
let queue_notify = 0x050
let interrupt_status = 0x060
let interrupt_acknowledge = 0x064
let status = 0x070
let queue_descriptors = 0x080
let queue_driver = 0x090
let queue_device = 0x0a0
let config = 0x100
let virt = 0x74726976

open Register

let make { Mmio_places.address; line; _ } kind =
  let get at = read32 (address + at) and set at v = write32 (address + at) v in
  let set64 at v =
    set at (v land 0xffff_ffff);
    set (at + 4) (v lsr 32)
  in
  let set_queue i ~size ~descriptors ~driver ~device =
    set queue_select i;
    set queue_size size;
    set64 queue_descriptors descriptors;
    set64 queue_driver driver;
    set64 queue_device device;
    set queue_ready 1;
    Ok { Transport.place = address + queue_notify; queue = i; wide = true }
  in
  {
    Transport.name = Printf.sprintf "mmio %x" address;
    kind;
    get_status = (fun () -> get status);
    set_status = set status;
    get_features =
      (fun group ->
        set device_features_select group;
        get device_features);
    set_features =
      (fun group v ->
        set driver_features_select group;
        set driver_features v);
    queue_size =
      (fun i ->
        set queue_select i;
        get queue_size_max);
    set_queue;
    config = address + config;
    acknowledge =
      (fun () ->
        let reasons = get interrupt_status in
        if reasons <> 0 then set interrupt_acknowledge reasons);
    interrupts = Kernel.interrupt_line line;
  }

(* [None]: nothing is there, or a place without a device (type 0). *)
let at (place : Mmio_places.t) =
  Register.map place.address place.octets;
  let get at = read32 (place.address + at) in
  if get magic <> virt || get device_id = 0 then None
  else if get version <> 2 then
    Some
      (Error
         (Printf.sprintf
            "mmio %x: a virtio device of before version 1.0 (for QEMU: -global \
             virtio-mmio.force-legacy=false)"
            place.address))
  else Some (Ok (make place (get device_id)))

let rec definitions i =
  match Kernel.acpi_definitions i with
  | "" -> if i = 0 then definitions 1 else []
  | aml -> aml :: definitions (i + 1)

let rec listed i =
  match Kernel.board_device "virtio,mmio" i with
  | [| address; octets; line |] -> { Mmio_places.address; octets; line } :: listed (i + 1)
  | _ -> []

let all () =
  let told, wrong = Mmio_places.of_settings (Array.to_list (Kernel.settings ())) in
  let found = List.concat_map Mmio_places.of_bytecode (definitions 0) @ listed 0 in
  let is_told (place : Mmio_places.t) =
    List.exists (fun (t : Mmio_places.t) -> t.address = place.address) told
  in
  (* In the machine's order, which is that of its owner's words, whatever the addresses. *)
  let places = told @ List.filter (fun place -> not (is_told place)) found in
  List.map (fun word -> Error (word ^ ": not SIZE@ADDRESS:LINE")) wrong
  @ List.filter_map at places
