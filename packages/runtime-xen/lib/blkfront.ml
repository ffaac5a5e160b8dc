(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core

type t = {
  info : Block_device.info;
  frontend : Frontend.t;
  handle : int;
  max_segments : int;
  flush_operation : int option;
  discards : bool;
  port : Event.port;
  ring : Ring.t;
  ring_page : Grant.page;
  waiting : int Lwt.u option array;  (** for the status of the request of that number *)
  turns : unit Lwt_condition.t;
  mutable pages : Grant.page list;  (** not in use *)
  mutable in_flight : int;
  lost : string Lwt.t;
  lose : string Lwt.u;
  mutable connected : bool;
}

(* xen/io/blkif.h: requests count sectors of 512 bytes whatever the device's are. *)
let unit_size = 512
let page_size = 4096
let max_direct_segments = 11
let max_indirect_segments = 32
let entry_size = 112
let max_in_flight = 16
let op_read = 0
let op_write = 1
let op_barrier = 2
let op_flush = 3
let op_discard = 5
let op_indirect = 6
let status_ok = 0
let status_unsupported = -2 land 0xffff

(* {2 Requests} *)

let take_page t =
  match t.pages with
  | page :: rest ->
      t.pages <- rest;
      page
  | [] -> Grant.page ~domain:(Frontend.domain t.frontend) ~writable:true

let give_back t pages = t.pages <- List.rev_append pages t.pages

let rec free_number t i = if t.waiting.(i) = None then i else free_number t (i + 1)

(* struct blkif_request_segment *)
let set_segments memory segments =
  let set i ((page : Grant.page), length) =
    let offset = i * 8 in
    Field.set32 memory offset page.reference;
    Field.set8 memory (offset + 4) 0;
    Field.set8 memory (offset + 5) ((length / unit_size) - 1)
  in
  List.iteri set segments

(* struct blkif_request *)
let set_request t request operation segments =
  Field.set8 request 0 operation;
  Field.set8 request 1 (List.length segments);
  Field.set16 request 2 t.handle;
  set_segments (Cstruct.shift request 24) segments

(* struct blkif_request_indirect: the segments are in a page of their own. *)
let set_indirect_request t request operation segments (list : Grant.page) =
  Field.set8 request 0 op_indirect;
  Field.set8 request 1 operation;
  Field.set16 request 2 (List.length segments);
  Field.set16 request 24 t.handle;
  Field.set32 request 28 list.reference;
  set_segments list.memory segments

(* All kinds of requests have these two at the same places. *)
let submit_request t sector set =
  let number = free_number t 0 in
  let status, resolver = Lwt.wait () in
  t.waiting.(number) <- Some resolver;
  let request = Ring.add_request t.ring in
  set request;
  Cstruct.LE.set_uint64 request 8 (Int64.of_int number);
  Cstruct.LE.set_uint64 request 16 sector;
  if Ring.push_requests t.ring then Event.send t.port;
  status

(* [segments]: pages and how much of each. [list]: a page for more of them than a
   request has room for. *)
let submit ?list t operation sector segments =
  submit_request t sector (fun request ->
      match list with
      | None -> set_request t request operation segments
      | Some list -> set_indirect_request t request operation segments list)

let broken = -1000

let settle t number status =
  let waiting = t.waiting.(number) in
  (* Before the resolver is called: what waits for a turn takes the number at once. *)
  t.waiting.(number) <- None;
  Option.iter (fun resolver -> Lwt.wakeup_later resolver status) waiting

let take_response t response =
  let number = Int64.to_int (Cstruct.LE.get_uint64 response 0) in
  let status = Field.get16 response 10 in
  if number < 0 || number >= max_in_flight then raise Ring.Broken;
  settle t number status

let fail_all t = Array.iteri (fun number _ -> settle t number broken) t.waiting

(* What the other side ends stays as it is: it may still write to our pages. *)
let abandon t why =
  if t.connected then begin
    t.connected <- false;
    Event.close t.port;
    fail_all t;
    Lwt.wakeup_later t.lose why;
    Report.guard "blkfront" (fun () -> Frontend.close t.frontend)
  end

let on_event t () =
  try ignore (Ring.take_responses t.ring (take_response t))
  with Ring.Broken -> abandon t "its ring is broken"

let rec with_turn t f =
  if not t.connected then Lwt.return (Error `Disconnected)
  else if t.in_flight = max_in_flight then
    Lwt_condition.wait t.turns >>= fun () -> with_turn t f
  else begin
    t.in_flight <- t.in_flight + 1;
    Lwt.finalize f (fun () ->
        t.in_flight <- t.in_flight - 1;
        Lwt_condition.broadcast t.turns ();
        Lwt.return_unit)
  end

let result t what status =
  if status = status_ok then Ok ()
  else if not t.connected then Error `Disconnected
  else Error (`Unknown (what ^ " failed"))

(* {2 Transfers} *)

let transfer_part t operation sector pieces =
  with_turn t @@ fun () ->
  let parts = List.map (fun piece -> (take_page t, piece)) pieces in
  if operation = op_write then
    List.iter (fun ((page : Grant.page), piece) -> Pieces.copy_in piece page.memory) parts;
  let segments = List.map (fun (page, piece) -> (page, piece.Pieces.length)) parts in
  let list =
    if List.compare_length_with segments max_direct_segments > 0 then Some (take_page t)
    else None
  in
  submit ?list t operation sector segments >|= fun status ->
  if operation = op_read && status = status_ok then
    List.iter (fun ((page : Grant.page), piece) -> Pieces.copy_out page.memory piece) parts;
  if status <> broken then give_back t (Option.to_list list @ List.map fst parts);
  result t (if operation = op_read then "reading" else "writing") status

let both a b = match a with Error _ -> a | Ok () -> b

let transfer t operation sector buffers =
  let units = Int64.of_int (t.info.sector_size / unit_size) in
  let first = Int64.mul sector units in
  let step = Int64.of_int (t.max_segments * page_size / unit_size) in
  let part i pieces =
    transfer_part t operation (Int64.add first (Int64.mul (Int64.of_int i) step)) pieces
  in
  Lwt.all (List.mapi part (Pieces.requests ~most:t.max_segments buffers))
  >|= List.fold_left both (Ok ())

let run t operation sector buffers =
  if t.connected then transfer t operation sector buffers
  else Lwt.return (Error `Disconnected)

let flush t =
  match t.flush_operation with
  | None -> Lwt.return (Ok ())
  | Some operation ->
      with_turn t @@ fun () -> submit t operation 0L [] >|= result t "flushing"

(* struct blkif_request_discard. A disk below the other side's may be unable to. *)
let discard t sector sectors =
  let scale n = Int64.mul n (Int64.of_int (t.info.sector_size / unit_size)) in
  let set request =
    Field.set8 request 0 op_discard;
    Field.set8 request 1 0;
    Field.set16 request 2 t.handle;
    Cstruct.LE.set_uint64 request 24 (scale sectors)
  in
  if not t.discards then Lwt.return (Error `Unimplemented)
  else
    with_turn t @@ fun () ->
    submit_request t (scale sector) set >|= fun status ->
    if status = status_unsupported then Error `Unimplemented
    else result t "discarding" status

(* {2 Connecting} *)

let rec wait_idle t =
  if t.in_flight = 0 then Lwt.return_unit
  else Lwt_condition.wait t.turns >>= fun () -> wait_idle t

let close t =
  if not t.connected then Lwt.return_unit
  else begin
    t.connected <- false;
    wait_idle t >>= fun () ->
    Frontend.close t.frontend >|= fun () ->
    Event.close t.port;
    Grant.free_page t.ring_page;
    List.iter Grant.free_page t.pages
  end

(* xvda and so on: major number 202, 16 partitions each (docs/man/
   xen-vbd-interface.7 of Xen). *)
let number_of_name name =
  match int_of_string_opt name with
  | Some _ as number -> number
  | None ->
      let is_disk = String.length name = 4 && String.sub name 0 3 = "xvd" in
      if is_disk && name.[3] >= 'a' && name.[3] <= 'p' then
        Some ((202 * 256) + (16 * (Char.code name.[3] - Char.code 'a')))
      else None

let answers_to number name = number_of_name name = Some number

let int_from frontend name ~missing =
  Frontend.read_backend frontend name >|= fun text ->
  Option.value ~default:missing (Option.bind text Int64.of_string_opt)

(* VDISK_READONLY of xen/io/blkif.h *)
let read_only_flag = 4L

let read_info frontend =
  int_from frontend "sector-size" ~missing:512L >>= fun sector_size ->
  int_from frontend "sectors" ~missing:0L >>= fun units ->
  int_from frontend "info" ~missing:0L >|= fun flags ->
  {
    Block_device.read_write = Int64.logand flags read_only_flag = 0L;
    sector_size = Int64.to_int sector_size;
    size_sectors = Int64.div (Int64.mul units (Int64.of_int unit_size)) sector_size;
  }

(* A barrier without data comes back when all before it is on the disk. *)
let read_flush_operation frontend =
  Frontend.backend_has frontend "feature-flush-cache" >>= fun can_flush ->
  Frontend.backend_has frontend "feature-barrier" >|= fun has_barrier ->
  if can_flush then Some op_flush else if has_barrier then Some op_barrier else None

let offer frontend port (ring_page : Grant.page) =
  Frontend.write_int frontend "ring-ref" ring_page.reference >>= fun () ->
  Frontend.write_int frontend "event-channel" port >>= fun () ->
  Frontend.write frontend "protocol" (Hypervisor.abi ()) >>= fun () ->
  (* The pages are granted for good: the other side may keep them mapped. *)
  Frontend.write_int frontend "feature-persistent" 1 >>= fun () ->
  Frontend.set_state frontend Initialised

let device t : Block_device.t =
  {
    info = t.info;
    read = run t op_read;
    write = run t op_write;
    flush = (fun () -> flush t);
    discard = discard t;
    close = (fun () -> close t);
    lost = t.lost;
  }

let connect path =
  Lwt_result.bind (Frontend.open_device path) @@ fun frontend ->
  let domain = Frontend.domain frontend in
  let port = Event.alloc domain in
  let ring_page = Grant.page ~domain ~writable:true in
  let ring = Ring.create ring_page.memory ~entry_size in
  offer frontend port ring_page >>= fun () ->
  Lwt_result.bind (Frontend.wait_for frontend Connected) @@ fun () ->
  read_info frontend >>= fun info ->
  read_flush_operation frontend >>= fun flush_operation ->
  Frontend.backend_has frontend "feature-discard" >>= fun discards ->
  int_from frontend "feature-max-indirect-segments" ~missing:0L >>= fun indirect ->
  let max_segments =
    max max_direct_segments (min max_indirect_segments (Int64.to_int indirect))
  in
  let lost, lose = Lwt.wait () in
  let t =
    {
      info;
      frontend;
      handle = Frontend.index frontend;
      max_segments;
      flush_operation;
      discards;
      port;
      ring;
      ring_page;
      waiting = Array.make max_in_flight None;
      turns = Lwt_condition.create ();
      pages = [];
      in_flight = 0;
      lost;
      lose;
      connected = true;
    }
  in
  Event.listen port (on_event t);
  Lwt.on_success (Frontend.gone frontend) (fun () -> abandon t "dom0 has detached it");
  Frontend.set_state frontend Connected >|= fun () -> Ok (device t)

let () =
  Frontend.add_bus Block_device.all ~kind:"vbd" ~answers_to connect
    ~advice:"see `disk` in the domain's configuration"
