(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core
open Mirage_runtime_virtio_queue

let receive_queue = 0
let transmit_queue = 1
let page_size = 4096
let pages = 4

(* Pages that the device reads or writes. *)
type buffers = {
  queue : Device.queue;
  memory : Cstruct.t;
  address : int;
  of_chain : int array;  (** the page that a chain is of *)
}

type t = {
  device : Device.t;
  received : buffers;
  sent : buffers;
  free : int Stack.t;  (** pages of [sent] *)
  waiting : string Queue.t;
  mutable begun : int;  (** octets of the first one that are on their way *)
  mutable queued : int;
  mutable take : string -> unit;
}

let buffers device number =
  Result.map
    (fun (queue : Device.queue) ->
      let buffer = Kernel.pages_get pages in
      {
        queue;
        memory = Cstruct.of_bigarray buffer;
        address = Kernel.address buffer;
        of_chain = Array.make (Virtqueue.free queue.ring) 0;
      })
    (Device.add_queue device number ~most:pages)

let add { queue; address; of_chain; _ } page ~length ~writable =
  let address = address + (page * page_size) in
  let chain = Virtqueue.add queue.ring [ { address; length; writable } ] in
  of_chain.(chain) <- page

let post t page = add t.received page ~length:page_size ~writable:true

let rec transmit t =
  if not (Queue.is_empty t.waiting || Stack.is_empty t.free) then begin
    let text = Queue.peek t.waiting and page = Stack.pop t.free in
    let length = min page_size (String.length text - t.begun) in
    Cstruct.blit_from_string text t.begun t.sent.memory (page * page_size) length;
    add t.sent page ~length ~writable:false;
    t.begun <- t.begun + length;
    t.queued <- t.queued - length;
    if t.begun = String.length text then begin
      ignore (Queue.pop t.waiting);
      t.begun <- 0
    end;
    transmit t
  end

let send t text =
  t.queued <- t.queued + String.length text;
  Queue.add text t.waiting;
  transmit t;
  Device.push t.sent.queue

(* What the device has taken, and what it brings; whether there was anything. *)
let poll t () =
  let any = ref false and texts = ref [] in
  let take_back ~chain ~length:_ =
    any := true;
    Stack.push t.sent.of_chain.(chain) t.free
  in
  let take ~chain ~length =
    any := true;
    let page = t.received.of_chain.(chain) in
    let text = Cstruct.to_string ~off:(page * page_size) ~len:(min length page_size) t.received.memory in
    texts := text :: !texts;
    post t page
  in
  match
    ignore (Virtqueue.take_used t.sent.queue.ring ~limit:pages take_back);
    ignore (Virtqueue.take_used t.received.queue.ring ~limit:pages take)
  with
  | () ->
      if !any then begin
        transmit t;
        Device.push t.sent.queue;
        Device.push t.received.queue;
        List.iter t.take (List.rev !texts)
      end;
      !any
  | exception Virtqueue.Broken why ->
      Report.line ("virtio-console: " ^ why);
      Device.stop t.device;
      false

let connect transport =
  Result.bind (Device.start transport ~features:[]) @@ fun device ->
  Result.bind (buffers device receive_queue) @@ fun received ->
  Result.map
    (fun sent ->
      let free = Stack.create () in
      for page = 0 to Array.length sent.of_chain - 1 do
        Stack.push page free
      done;
      let waiting = Queue.create () in
      let t = { device; received; sent; free; waiting; begun = 0; queued = 0; take = ignore } in
      for page = 0 to Array.length received.of_chain - 1 do
        post t page
      done;
      t.take <- Control_channel.connect { send = send t; queued = (fun () -> t.queued) };
      Device.ready device;
      Device.push received.queue;
      Device.listen device ~poll:(poll t) ~wants:(fun _ -> true))
    (buffers device transmit_queue)

(* The number behind [control=hvc]. *)
let wanted () =
  let prefix = "control=hvc" in
  let number setting =
    let n = String.length prefix in
    if String.length setting > n && String.sub setting 0 n = prefix then
      int_of_string_opt (String.sub setting n (String.length setting - n))
    else None
  in
  List.find_map number (Array.to_list (Kernel.settings ()))

let start number =
  match List.nth_opt (Device.of_kind Virtio_console.kind) number with
  | Some _ when number = 0 && Virtio_console.is_wanted () -> Error "it is the machine's console"
  | Some transport -> connect transport
  | None -> Error "there is no such device"

(* When the main loop starts, as the program has then said who answers. *)
let () =
  Host.add_listener (fun _ ->
      match Option.map start (wanted ()) with
      | None | Some (Ok ()) -> ()
      | Some (Error why) -> Report.line ("control: " ^ why))
