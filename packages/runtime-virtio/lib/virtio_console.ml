(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core
open Mirage_runtime_virtio_queue

let kind = 3
let receive_queue = 0
let transmit_queue = 1

external is_on_board : unit -> bool = "mirage_virtio_console_on_board" [@@noalloc]

(* The queue's number among the two; size and areas; how it is notified. *)
external set : int -> int array -> unit = "mirage_virtio_console_set" [@@noalloc]
external start_output : unit -> unit = "mirage_virtio_console_start" [@@noalloc]

(* The kernel writes even where no OCaml can run, so it has the queues to itself. *)
let hand_over i (queue : Device.queue) =
  let ring = queue.ring and { Transport.place; queue; wide } = queue.notification in
  set i
    [|
      Virtqueue.free ring;
      Virtqueue.descriptor_area ring;
      Virtqueue.driver_area ring;
      Virtqueue.device_area ring;
      place;
      queue;
      Bool.to_int wide;
    |]

(* Referred to for good: the device uses their memory. *)
let queues : Device.queue list ref = ref []

let start transport =
  Result.bind (Device.start transport ~features:[]) @@ fun device ->
  Result.bind (Device.add_queue device receive_queue ~most:2) @@ fun receive ->
  Result.map
    (fun transmit ->
      queues := [ receive; transmit ];
      List.iteri hand_over !queues;
      Device.ready device;
      start_output ())
    (Device.add_queue device transmit_queue ~most:2)

let is_wanted () =
  (not (is_on_board ()))
  || Array.mem "console=hvc0" (Kernel.settings ())

let () =
  match Device.of_kind kind with
  | transport :: _ when is_wanted () -> (
      match start transport with
      | Ok () -> ()
      | Error why -> Report.line ("virtio-console: " ^ why))
  | _ -> ()
