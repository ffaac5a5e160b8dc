(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core
open Mirage_runtime_virtio_queue

(* Virtual I/O Device (VIRTIO) Version 1.2, section 2.1 *)
let acknowledge = 1
let driver = 2
let driver_ok = 4
let features_ok = 8
let failed = 128

(* Chapter 6 *)
let event_index = 29
let version_1 = 32

type t = { transport : Transport.t; features : int; mutable queues : queue list }

and queue = {
  ring : Virtqueue.t;
  memory : Kernel.buffer;
  notification : Transport.notification;
}

let has t feature = t.features land (1 lsl feature) <> 0
let config8 t at = Register.read8 (t.transport.config + at)
let config16 t at = Register.read16 (t.transport.config + at)
let config32 t at = Register.read32 (t.transport.config + at)

let patience = 1_000_000_000

let reset (transport : Transport.t) =
  let deadline = Kernel.monotonic () + patience in
  transport.set_status 0;
  let rec wait () =
    transport.get_status () = 0 || (Kernel.monotonic () < deadline && wait ())
  in
  wait ()

let fail (transport : Transport.t) why =
  transport.set_status failed;
  Error (transport.name ^ ": " ^ why)

(* Section 3.1.1, up to the point where queues are set up. *)
let start (transport : Transport.t) ~features =
  if not (reset transport) then fail transport "it does not reset"
  else begin
    transport.set_status acknowledge;
    transport.set_status (acknowledge lor driver);
    let offered = transport.get_features 0 lor (transport.get_features 1 lsl 32) in
    let wanted =
      List.fold_left (fun set f -> set lor (1 lsl f)) 0 (version_1 :: event_index :: features)
    in
    let accepted = offered land wanted in
    transport.set_features 0 (accepted land 0xffff_ffff);
    transport.set_features 1 (accepted lsr 32);
    let status = acknowledge lor driver lor features_ok in
    transport.set_status status;
    if accepted land (1 lsl version_1) = 0 then fail transport "it is of before version 1.0"
    else if transport.get_status () land features_ok = 0 then
      fail transport "it demands features that the kernel has not"
    else Ok { transport; features = accepted; queues = [] }
  end

let page_size = 4096

let rec power_of_two_below n = if n < 2 then 1 else 2 * power_of_two_below (n / 2)

let add_queue t i ~most =
  match power_of_two_below (min most (t.transport.queue_size i)) with
  | _ when t.transport.queue_size i = 0 ->
      fail t.transport (Printf.sprintf "it has no queue %d" i)
  | size -> (
      let octets = Virtqueue.octets size in
      let memory = Kernel.pages_get ((octets + page_size - 1) / page_size) in
      let area = Cstruct.of_bigarray memory in
      Cstruct.memset area 0;
      let ring =
        Virtqueue.create area ~address:(Kernel.address memory) ~size
          ~event_index:(has t event_index) ~barrier:Kernel.barrier
      in
      match
        t.transport.set_queue i ~size
          ~descriptors:(Virtqueue.descriptor_area ring)
          ~driver:(Virtqueue.driver_area ring) ~device:(Virtqueue.device_area ring)
      with
      | Error why -> fail t.transport why
      | Ok notification ->
          let queue = { ring; memory; notification } in
          t.queues <- queue :: t.queues;
          Ok queue)

let ready t = t.transport.set_status (acknowledge lor driver lor features_ok lor driver_ok)
let notify { Transport.place; queue; wide } =
  if wide then Register.write32 place queue else Register.write16 place queue

let push queue = if Virtqueue.publish queue.ring then notify queue.notification
let stop t =
  t.queues <- [];
  ignore (reset t.transport)

(* A device that makes no interrupts is looked at every millisecond. *)
let interval = 1_000_000

let rec tick t () =
  if t.queues <> [] then Lwt.on_success (Timer.sleep interval) (tick t)

let listen t ~poll ~wants =
  Source.add poll ~arm:(fun () ->
      t.transport.acknowledge ();
      List.fold_left
        (fun any queue -> (wants queue && Virtqueue.ask queue.ring) || any)
        false t.queues);
  if not t.transport.interrupts then tick t ()

(* {2 All of them} *)

let found =
  lazy
    (let usable = function
       | Ok transport -> Some transport
       | Error why ->
           Report.line ("virtio: " ^ why);
           None
     in
     List.filter_map usable (Pci_transport.all () @ Mmio_transport.all ()))

let of_kind kind =
  List.filter (fun (t : Transport.t) -> t.kind = kind) (Lazy.force found)

let add_bus devices ~kind ~names ~advice connect =
  let device index (transport : Transport.t) : _ Devices.device =
    {
      key = Printf.sprintf "%d (%s)" index transport.name;
      answers_to = (fun name -> List.mem name (names index));
      open_device = (fun () -> Lwt.return (connect index transport));
    }
  in
  Devices.add_bus devices
    {
      name = "virtio";
      is_here = (fun () -> Lazy.force found <> []);
      find = (fun () -> Lwt.return (List.mapi device (of_kind kind)));
      advice;
    }
