(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core
open Mirage_runtime_virtio_queue

(* Virtual I/O Device (VIRTIO) Version 1.2, section 5.2 *)
let kind = 2
let feature_size_max = 1
let feature_seg_max = 2
let feature_read_only = 5
let feature_block_size = 6
let feature_flush = 9
let feature_discard = 13

let features =
  [
    feature_size_max;
    feature_seg_max;
    feature_read_only;
    feature_block_size;
    feature_flush;
    feature_discard;
  ]

(* struct virtio_blk_config *)
let capacity = 0
let size_max = 8
let seg_max = 12
let block_size = 20
let max_discard_sectors = 36

(* Requests count sectors of 512 octets whatever the device's blocks are. *)
let unit_size = 512
let type_in = 0
let type_out = 1
let type_flush = 4
let type_discard = 11
let status_ok = 0

(* struct virtio_blk_req but for the data: each request under way has its own place, with room
   for a struct virtio_blk_discard_write_zeroes. *)
let header_size = 16
let range_at = header_size + 8
let range_size = 16
let place_size = range_at + range_size
let max_in_flight = 16
let max_pages = 32
let queue_size = 256

type transfer = { answer : int Lwt.u; place : int }

type t = {
  info : Block_device.info;
  device : Device.t;
  queue : Device.queue;
  max_pages : int;  (** in a request *)
  places : Cstruct.t;
  places_address : int;
  free_places : int Stack.t;
  under_way : (int, transfer) Hashtbl.t;  (** by their chains *)
  turns : unit Lwt_condition.t;
  lost : string Lwt.t;
  lose : string Lwt.u;
  mutable pages : Kernel.buffer list;  (** not in use *)
  mutable connected : bool;
}

(* {2 Requests} *)

let broken = -1

let abandon t why =
  if t.connected then begin
    t.connected <- false;
    Device.stop t.device;
    Hashtbl.iter (fun _ { answer; _ } -> Lwt.wakeup_later answer broken) t.under_way;
    Hashtbl.reset t.under_way;
    Lwt.wakeup_later t.lose why
  end

let place_of t i = Cstruct.sub t.places (i * place_size) place_size

(* Section 5.2.6: the last octet is the device's, what became of it. *)
let answered t ~chain ~length:_ =
  match Hashtbl.find_opt t.under_way chain with
  | None -> ()
  | Some { answer; place } ->
      (* Whoever waits for the place takes it at once. *)
      let status = Cstruct.get_uint8 (place_of t place) header_size in
      Hashtbl.remove t.under_way chain;
      Stack.push place t.free_places;
      Lwt_condition.broadcast t.turns ();
      Lwt.wakeup_later answer status

let poll t () =
  if not t.connected then false
  else
    let before = Hashtbl.length t.under_way in
    match Virtqueue.take_used t.queue.ring ~limit:max_int (answered t) with
    | (_ : bool) -> Hashtbl.length t.under_way < before
    | exception Virtqueue.Broken why ->
        abandon t why;
        true

let unanswered = 0xff

let submit_at t place operation sector data =
  let memory = place_of t place and address = t.places_address + (place * place_size) in
  Cstruct.LE.set_uint32 memory 0 (Int32.of_int operation);
  Cstruct.LE.set_uint32 memory 4 0l;
  Cstruct.LE.set_uint64 memory 8 sector;
  Cstruct.set_uint8 memory header_size unanswered;
  let header = { Virtqueue.address; length = header_size; writable = false } in
  let status = { Virtqueue.address = address + header_size; length = 1; writable = true } in
  let chain = Virtqueue.add t.queue.ring ((header :: data) @ [ status ]) in
  let promise, answer = Lwt.wait () in
  Hashtbl.replace t.under_way chain { answer; place };
  Device.push t.queue;
  promise

let submit t operation sector data =
  submit_at t (Stack.pop t.free_places) operation sector data

(* A place, and descriptors for so many pages, header and status. *)
let rec with_turn t ~pages f =
  if not t.connected then Lwt.return (Error `Disconnected)
  else if Stack.is_empty t.free_places || Virtqueue.free t.queue.ring < pages + 2 then
    Lwt_condition.wait t.turns >>= fun () -> with_turn t ~pages f
  else f ()

let result t what status : (unit, Block_device.error) result =
  if status = status_ok then Ok ()
  else if not t.connected then Error `Disconnected
  else Error (`Unknown (what ^ " failed"))

let take_page t =
  match t.pages with
  | page :: rest ->
      t.pages <- rest;
      page
  | [] -> Kernel.page_alloc ()

let transfer_part t operation sector pieces =
  with_turn t ~pages:(List.length pieces) @@ fun () ->
  let parts = List.map (fun piece -> (take_page t, piece)) pieces in
  let each f = List.iter (fun (page, piece) -> f (Cstruct.of_bigarray page) piece) parts in
  if operation = type_out then each (fun memory piece -> Pieces.copy_in piece memory);
  let part (page, { Pieces.length; _ }) =
    { Virtqueue.address = Kernel.address page; length; writable = operation = type_in }
  in
  submit t operation sector (List.map part parts) >|= fun status ->
  if operation = type_in && status = status_ok then each Pieces.copy_out;
  t.pages <- List.rev_append (List.map fst parts) t.pages;
  result t (if operation = type_in then "reading" else "writing") status

let both a b = match a with Error _ -> a | Ok () -> b

let transfer t operation sector buffers =
  let units = Int64.of_int (t.info.sector_size / unit_size) in
  let first = Int64.mul sector units in
  let step = Int64.of_int (t.max_pages * Pieces.page_size / unit_size) in
  let part i pieces =
    transfer_part t operation (Int64.add first (Int64.mul (Int64.of_int i) step)) pieces
  in
  Lwt.all (List.mapi part (Pieces.requests ~most:t.max_pages buffers))
  >|= List.fold_left both (Ok ())

(* Without the feature, section 5.2.6.2 has it that what is answered is on the disk. *)
let flush t () =
  if not (Device.has t.device feature_flush) then Lwt.return (Ok ())
  else with_turn t ~pages:0 @@ fun () -> submit t type_flush 0L [] >|= result t "flushing"

let discard_part t sector units =
  with_turn t ~pages:1 @@ fun () ->
  let place = Stack.pop t.free_places in
  let range = Cstruct.sub (place_of t place) range_at range_size in
  Cstruct.LE.set_uint64 range 0 sector;
  Cstruct.LE.set_uint32 range 8 (Int64.to_int32 units);
  Cstruct.LE.set_uint32 range 12 0l;
  let address = t.places_address + (place * place_size) + range_at in
  let data = { Virtqueue.address; length = range_size; writable = false } in
  submit_at t place type_discard 0L [ data ] >|= result t "discarding"

(* Section 5.2.6.2: sectors of 512 octets, in each request as many as the device takes. *)
let discard t sector sectors =
  let scale n = Int64.mul n (Int64.of_int (t.info.sector_size / unit_size)) in
  let most = Int64.of_int (max 1 (Device.config32 t.device max_discard_sectors)) in
  let rec from sector left =
    if left <= 0L then Lwt.return (Ok ())
    else
      let n = if left < most then left else most in
      Lwt_result.bind (discard_part t sector n) (fun () ->
          from (Int64.add sector n) (Int64.sub left n))
  in
  if Device.has t.device feature_discard then from (scale sector) (scale sectors)
  else Lwt.return (Error `Unimplemented)

(* {2 Connecting} *)

let rec wait_idle t =
  if Hashtbl.length t.under_way = 0 then Lwt.return_unit
  else Lwt_condition.wait t.turns >>= fun () -> wait_idle t

let close t () =
  if not t.connected then Lwt.return_unit
  else
    wait_idle t >|= fun () ->
    t.connected <- false;
    Device.stop t.device;
    List.iter Kernel.page_free t.pages;
    t.pages <- []

let read_info device =
  let low = Device.config32 device capacity and high = Device.config32 device (capacity + 4) in
  let units = Int64.logor (Int64.of_int low) (Int64.shift_left (Int64.of_int high) 32) in
  let sector_size =
    if Device.has device feature_block_size then Device.config32 device block_size
    else unit_size
  in
  if sector_size < unit_size || sector_size > 65536 || sector_size mod unit_size <> 0 then
    Error (Printf.sprintf "blocks of %d octets" sector_size)
  else if units < 0L then Error "a size that makes no sense"
  else
    Ok
      {
        Block_device.read_write = not (Device.has device feature_read_only);
        sector_size;
        size_sectors = Int64.div units (Int64.of_int (sector_size / unit_size));
      }

(* As many pages as the device takes in a request, and are whole sectors. *)
let pages_in_request device { Block_device.sector_size; _ } ~size =
  let segments =
    if Device.has device feature_seg_max then max 1 (Device.config32 device seg_max)
    else size - 2
  in
  let most = min max_pages (min segments (size - 2)) in
  let in_sector = max 1 (sector_size / Pieces.page_size) in
  most / in_sector * in_sector

let make device queue info ~max_pages =
  let places = Kernel.pages_get 1 in
  let lost, lose = Lwt.wait () in
  {
    info;
    device;
    queue;
    max_pages;
    places = Cstruct.of_bigarray places;
    places_address = Kernel.address places;
    free_places = Stack.of_seq (List.to_seq (List.init max_in_flight Fun.id));
    under_way = Hashtbl.create max_in_flight;
    turns = Lwt_condition.create ();
    lost;
    lose;
    pages = [];
    connected = true;
  }

let start t : Block_device.t =
  Device.listen t.device ~poll:(poll t) ~wants:(fun _ -> Hashtbl.length t.under_way > 0);
  Device.ready t.device;
  {
    info = t.info;
    read = transfer t type_in;
    write = transfer t type_out;
    flush = flush t;
    discard = discard t;
    close = close t;
    lost = t.lost;
  }

let connect _ (transport : Transport.t) =
  let refuse why = Error (transport.name ^ ": " ^ why) in
  Result.bind (Device.start transport ~features) @@ fun device ->
  Result.bind (Device.add_queue device 0 ~most:queue_size) @@ fun queue ->
  match read_info device with
  | Error why -> refuse ("a disk with " ^ why)
  | Ok info ->
      let max_pages = pages_in_request device info ~size:(Virtqueue.free queue.ring) in
      let smallest = Device.config32 device size_max in
      if max_pages = 0 || (Device.has device feature_size_max && smallest < Pieces.page_size)
      then refuse "a disk that takes less than a page at once"
      else Ok (start (make device queue info ~max_pages))

let () =
  let names i = [ string_of_int i; Printf.sprintf "vd%c" (Char.chr (97 + (i mod 26))) ] in
  Device.add_bus Block_device.all ~kind ~names connect
    ~advice:"for QEMU, -drive if=none,id=d0,… -device virtio-blk-pci,drive=d0"
