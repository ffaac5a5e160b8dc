(* SPDX-License-Identifier: ISC *)

(* Virtual I/O Device (VIRTIO) Version 1.2, section 4.1. *)

(* Section 4.1.2: devices that can do as before version 1 have other numbers, and their type
   elsewhere. *)
let virtio = 0x1af4
let first = 0x1040
let last = 0x107f
let first_transitional = 0x1000
let last_transitional = 0x103f

let kind device =
  let identity = Pci.identity device in
  if Pci.vendor device <> virtio then None
  else if identity > first && identity <= last then Some (identity - first)
  else if identity >= first_transitional && identity <= last_transitional then
    Some (Pci.subsystem device)
  else None

(* Section 4.1.4: struct virtio_pci_cap. Of several of one kind, the first that can be used
   counts. *)
let vendor_specific = 0x09
let common_config = 1
let notifications = 2
let device_config = 4
let common_config_size = 56

type area = { address : int; octets : int; at : int }

let area device at =
  match Pci.base device (Pci.read8 device (at + 4)) with
  | None -> None
  | Some base ->
      let octets = Pci.read32 device (at + 12) in
      Some { address = base + Pci.read32 device (at + 8); octets; at }

let areas device =
  List.filter_map
    (fun (capability, at) ->
      if capability <> vendor_specific || Pci.read8 device (at + 2) < 16 then None
      else Option.map (fun area -> (Pci.read8 device (at + 3), area)) (area device at))
    (Pci.capabilities device)

(* Section 4.1.4.3: struct virtio_pci_common_cfg *)
let device_feature_select = 0
let device_feature = 4
let driver_feature_select = 8
let driver_feature = 12
let config_msix_vector = 16
let device_status = 20
let queue_select = 22
let queue_size = 24
let queue_msix_vector = 26
let queue_enable = 28
let queue_notify_off = 30
let queue_desc = 32
let queue_driver = 40
let queue_device = 48

open Register

let write64 at v =
  write32 at (v land 0xffff_ffff);
  write32 (at + 4) (v lsr 32)

(* Section 4.1.4.4 *)
let notify_address notify i =
  let multiplier offset = offset * Pci.read32 (fst notify) ((snd notify).at + 16) in
  fun common ->
    write16 (common + queue_select) i;
    let offset = multiplier (read16 (common + queue_notify_off)) in
    if offset + 2 > (snd notify).octets then None else Some ((snd notify).address + offset)

let no_vector = 0xffff

let set_queue common notify ~messages i ~size ~descriptors ~driver ~device =
  match notify_address notify i common with
  | None -> Error "the place for notifications is outside its memory"
  | Some place ->
      write16 (common + queue_select) i;
      write16 (common + queue_size) size;
      write64 (common + queue_desc) descriptors;
      write64 (common + queue_driver) driver;
      write64 (common + queue_device) device;
      if messages then write16 (common + queue_msix_vector) 0;
      if messages && read16 (common + queue_msix_vector) = no_vector then
        Error "it has no interrupt for a queue"
      else begin
        write16 (common + queue_enable) 1;
        Ok { Transport.place; queue = i; wide = false }
      end

let map { address; octets; _ } = Register.map address octets

let make device kind ~common ~notify ~config =
  Pci.enable device;
  map common;
  map notify;
  Option.iter map config;
  let messages = Pci.use_messages device in
  let base = common.address in
  let get_features group =
    write32 (base + device_feature_select) group;
    read32 (base + device_feature)
  and set_features group v =
    write32 (base + driver_feature_select) group;
    write32 (base + driver_feature) v
  and size i =
    write16 (base + queue_select) i;
    read16 (base + queue_size)
  in
  (* Nobody asks for news of the configuration. *)
  let set_status status =
    write8 (base + device_status) status;
    if messages then write16 (base + config_msix_vector) no_vector
  in
  {
    Transport.name = Pci.name device;
    kind;
    get_status = (fun () -> read8 (base + device_status));
    set_status;
    get_features;
    set_features;
    queue_size = size;
    set_queue = set_queue base (device, notify) ~messages;
    config = Option.fold ~none:0 ~some:(fun (c : area) -> c.address) config;
    acknowledge = ignore;
    interrupts = messages;
  }

let transport device kind =
  let areas = areas device in
  match (List.assoc_opt common_config areas, List.assoc_opt notifications areas) with
  | Some common, Some notify when common.octets >= common_config_size ->
      Ok (make device kind ~common ~notify ~config:(List.assoc_opt device_config areas))
  | _ ->
      Error
        (Pci.name device
       ^ ": a virtio device without the registers of version 1.0, or without an address \
          (for QEMU: disable-legacy=on, or no disable-modern)")

let all () =
  List.filter_map
    (fun device -> Option.map (transport device) (kind device))
    (Pci.all ())
