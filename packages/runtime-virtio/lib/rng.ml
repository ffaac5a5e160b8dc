(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core
open Mirage_runtime_virtio_queue

(* Virtual I/O Device (VIRTIO) Version 1.2, section 5.4 *)
let kind = 4
let octets = 64

(* The device may have to gather for a while, but the program does not begin without. *)
let patience = 2_000_000_000

(* Nanoseconds between requests. *)
let interval = 300_000_000_000

type t = { queue : Device.queue; memory : Cstruct.t; address : int }

let request t =
  ignore (Virtqueue.add t.queue.ring [ { address = t.address; length = octets; writable = true } ]);
  Device.push t.queue

(* Whether there was an answer. It may be shorter than asked for. *)
let take t =
  let any = ref false in
  let handle ~chain:_ ~length =
    any := length > 0;
    Kernel.entropy_add (Cstruct.to_string ~len:length t.memory)
  in
  ignore (Virtqueue.take_used t.queue.ring ~limit:1 handle);
  !any

let rec wait t deadline =
  take t || (Kernel.monotonic () < deadline && wait t deadline)

let gather t =
  request t;
  wait t (Kernel.monotonic () + patience)

let rec again t =
  Timer.sleep interval >>= fun () -> if gather t then again t else Lwt.return_unit

let start transport =
  Result.bind (Device.start transport ~features:[]) @@ fun device ->
  Result.bind (Device.add_queue device 0 ~most:1) @@ fun queue ->
  Device.ready device;
  let buffer = Kernel.pages_get 1 in
  let t =
    { queue; memory = Cstruct.of_bigarray buffer; address = Kernel.address buffer }
  in
  if gather t then Ok (Report.guard "virtio-rng" (fun () -> again t))
  else Error (transport.Transport.name ^ ": it has no randomness to give")

(* Before the program begins, which may want some at once. *)
let () =
  let use transport =
    match start transport with
    | Ok () -> ()
    | Error why -> Report.line ("virtio-rng: " ^ why)
    | exception Virtqueue.Broken why -> Report.line ("virtio-rng: " ^ why)
  in
  List.iter use (Device.of_kind kind)
