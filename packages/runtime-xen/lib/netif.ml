(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_xen_core

type 'a io = 'a Lwt.t
type page_aligned_buffer = Io_page.t
type buffer = Cstruct.t
type macaddr = Macaddr.t
type error = [ `Unknown of string | `Unimplemented | `Disconnected ]
type id = string

type stats = {
  mutable rx_bytes : int64;
  mutable rx_pkts : int32;
  mutable tx_bytes : int64;
  mutable tx_pkts : int32;
}

type listening = { callback : buffer -> unit io; stop : unit Lwt.u }

(* A page that frames pass through, by the number in its requests and responses. *)
type direction = { ring : Ring.t; ring_page : Grant.page; pages : Grant.page array }

type t = {
  id : id;
  mac : Macaddr.t;
  frontend : Frontend.t;
  port : Event.port;
  rx : direction;
  tx : direction;
  tx_free : int Stack.t;
  tx_room : unit Lwt_condition.t;
  received : Slab.t;
  stats : stats;
  mutable listening : listening option;
  mutable connected : bool;
}

let page_size = 4096
let rx_pages = 128
let tx_pages = 64

(* So many frames are received before timers and others have their turn. *)
let batch = 64
let id t = t.id
let mac t = t.mac
let get_stats_counters t = t.stats

let reset_stats_counters { stats; _ } =
  stats.rx_bytes <- 0L;
  stats.rx_pkts <- 0l;
  stats.tx_bytes <- 0L;
  stats.tx_pkts <- 0l

let context t = "netif " ^ t.id

(* {2 Disconnecting} *)

let devices : (id, t) Hashtbl.t = Hashtbl.create 4

let stop_listening t =
  match t.listening with
  | None -> ()
  | Some { stop; _ } ->
      t.listening <- None;
      Lwt.wakeup_later stop ()

let free { ring_page; pages; _ } =
  Grant.free_page ring_page;
  Array.iter Grant.free_page pages

let disconnect t =
  if not t.connected then Lwt.return_unit
  else begin
    t.connected <- false;
    Hashtbl.remove devices t.id;
    stop_listening t;
    Lwt_condition.broadcast t.tx_room ();
    Frontend.close t.frontend >|= fun () ->
    Event.close t.port;
    free t.rx;
    free t.tx
  end

let lost_device t why =
  Report.line (context t ^ ": the device is gone: " ^ why);
  Report.guard (context t) (fun () -> disconnect t)

(* {2 Receiving: struct netif_rx_request, netif_rx_response of xen/io/netif.h} *)

let rx_entry_size = 8
let flag_checksum_blank = 2
let flags_of_several_parts = 4 lor 8

let post_rx { ring; pages; _ } number =
  let request = Ring.add_request ring in
  Cstruct.LE.set_uint16 request 0 number;
  Cstruct.LE.set_uint32 request 4 (Int32.of_int pages.(number).reference)

(* The other side has been told that frames come in one part. *)
let frame_of t response =
  let number = Cstruct.LE.get_uint16 response 0 in
  let offset = Cstruct.LE.get_uint16 response 2 in
  let flags = Cstruct.LE.get_uint16 response 4 in
  let status = Cstruct.LE.get_uint16 response 6 in
  if number >= rx_pages then raise Ring.Broken;
  let is_whole = flags land flags_of_several_parts = 0 in
  let frame =
    if is_whole && status > 0 && offset + status <= page_size then
      Some (Slab.copy t.received t.rx.pages.(number).memory offset status)
    else None
  in
  post_rx t.rx number;
  if flags land flag_checksum_blank <> 0 then Option.iter Checksum.fill frame;
  frame

let count_received { stats; _ } frame =
  stats.rx_bytes <- Int64.add stats.rx_bytes (Int64.of_int (Cstruct.length frame));
  stats.rx_pkts <- Int32.succ stats.rx_pkts

let deliver t frame =
  match t.listening with
  | None -> ()
  | Some { callback; _ } ->
      count_received t frame;
      Report.guard (context t) (fun () -> callback frame)

let rec receive t =
  if t.connected && t.listening <> None then begin
    let frames = ref [] in
    let take response =
      Option.iter (fun frame -> frames := frame :: !frames) (frame_of t response)
    in
    let more = Ring.take_responses ~limit:batch t.rx.ring take in
    if Ring.push_requests t.rx.ring then Event.send t.port;
    List.iter (deliver t) (List.rev !frames);
    if more then Lwt.on_success (Lwt.pause ()) (fun () -> on_receive t)
  end

and on_receive t = try receive t with Ring.Broken -> lost_device t "its ring is broken"

let listen t callback =
  if not t.connected then Lwt.return_unit
  else if t.listening <> None then
    Lwt.fail_invalid_arg ("Netif.listen: somebody listens to " ^ t.id ^ " already")
  else begin
    let stopped, stop = Lwt.wait () in
    t.listening <- Some { callback; stop };
    on_receive t;
    stopped
  end

(* {2 Sending: struct netif_tx_request, netif_tx_response} *)

let tx_entry_size = 12
let response_to_nothing = 1

let take_sent t response =
  let number = Cstruct.LE.get_uint16 response 0 in
  if Cstruct.LE.get_uint16 response 2 <> response_to_nothing then begin
    if number >= tx_pages then raise Ring.Broken;
    Stack.push number t.tx_free
  end

(* Only somebody who waits for room needs to be told of it. *)
let reclaim t =
  let wake = Stack.is_empty t.tx_free in
  ignore (Ring.take_responses ~wake t.tx.ring (take_sent t))

let on_sent t =
  match reclaim t with
  | () -> if not (Stack.is_empty t.tx_free) then Lwt_condition.broadcast t.tx_room ()
  | exception Ring.Broken -> lost_device t "its ring is broken"

let count_sent { stats; _ } length =
  stats.tx_bytes <- Int64.add stats.tx_bytes (Int64.of_int length);
  stats.tx_pkts <- Int32.succ stats.tx_pkts

let send t parts length number =
  let page = t.tx.pages.(number) in
  ignore (Cstruct.fillv ~src:parts ~dst:page.memory);
  let request = Ring.add_request t.tx.ring in
  Cstruct.LE.set_uint32 request 0 (Int32.of_int page.reference);
  Cstruct.LE.set_uint16 request 4 0;
  Cstruct.LE.set_uint16 request 6 0;
  Cstruct.LE.set_uint16 request 8 number;
  Cstruct.LE.set_uint16 request 10 length;
  if Ring.push_requests t.tx.ring then Event.send t.port;
  count_sent t length

let rec send_in_turn t parts length =
  if not t.connected then Lwt.return_unit
  else begin
    if Stack.is_empty t.tx_free then on_sent t;
    match Stack.pop_opt t.tx_free with
    | Some number -> Lwt.return (send t parts length number)
    | None ->
        Lwt_condition.wait t.tx_room >>= fun () -> send_in_turn t parts length
  end

let writev t parts =
  let length = Cstruct.lenv parts in
  if length > page_size then
    Lwt.fail_invalid_arg "Netif.writev: the frame is longer than a page"
  else send_in_turn t parts length

let write t frame = writev t [ frame ]

(* {2 Connecting} *)

let names =
  Names.create ~default:"net" ~variable:"MIRAGE_NETS" ~parse:int_of_string_opt ()

let direction ~domain ~writable ~entry_size count =
  let ring_page = Grant.page ~domain ~writable:true in
  {
    ring = Ring.create ring_page.memory ~entry_size;
    ring_page;
    pages = Array.init count (fun _ -> Grant.page ~domain ~writable);
  }

let create id frontend mac =
  let domain = Frontend.domain frontend in
  {
    id;
    mac;
    frontend;
    port = Event.alloc domain;
    rx = direction ~domain ~writable:true ~entry_size:rx_entry_size rx_pages;
    tx = direction ~domain ~writable:false ~entry_size:tx_entry_size tx_pages;
    tx_free = Stack.of_seq (List.to_seq (List.init tx_pages Fun.id));
    tx_room = Lwt_condition.create ();
    received = Slab.create ();
    stats = { rx_bytes = 0L; rx_pkts = 0l; tx_bytes = 0L; tx_pkts = 0l };
    listening = None;
    connected = true;
  }

(* The state comes last. Without [feature-no-csum-offload], dom0 would leave
   checksums of its own packets out, and ours had to compute them. *)
let offer t =
  let write (name, value) = Frontend.write_int t.frontend name value in
  Lwt_list.iter_s write
    [
      ("tx-ring-ref", t.tx.ring_page.reference);
      ("rx-ring-ref", t.rx.ring_page.reference);
      ("event-channel", t.port);
      ("request-rx-copy", 1);
      ("feature-rx-notify", 1);
      ("feature-no-csum-offload", 1);
    ]
  >>= fun () -> Frontend.set_state t.frontend Connected

let read_mac frontend =
  Frontend.read frontend "mac" >|= fun text ->
  match Option.map Macaddr.of_string text with
  | Some (Ok mac) -> Ok mac
  | Some (Error (`Msg why)) -> Error why
  | None -> Error "the device has no MAC address"

let start id path =
  Lwt_result.bind (Frontend.open_device path) @@ fun frontend ->
  Lwt_result.bind (read_mac frontend) @@ fun mac ->
  let t = create id frontend mac in
  for number = 0 to rx_pages - 1 do
    post_rx t.rx number
  done;
  ignore (Ring.push_requests t.rx.ring);
  offer t >>= fun () ->
  Lwt_result.map
    (fun () ->
      Event.listen t.port (fun () ->
          on_sent t;
          on_receive t);
      Event.send t.port;
      Lwt.on_success (Frontend.gone frontend) (fun () ->
          if t.connected then lost_device t "dom0 has detached it");
      Hashtbl.replace devices id t;
      t)
    (Frontend.wait_for frontend Connected)

let missing id indices =
  let there =
    match indices with
    | [] -> "the domain has none: add `vif` to its configuration"
    | _ -> "the domain has only " ^ String.concat ", " (List.map string_of_int indices)
  in
  Error (Printf.sprintf "no network device for %S: %s" id there)

let find_and_start id =
  Frontend.indices "vif" >>= fun indices ->
  match Names.assign names id indices with
  | Some index -> start id (Frontend.device "vif" index)
  | None -> Lwt.return (missing id indices)

let failed = function
  | Store.Error why -> Lwt.return (Error ("xenstore: " ^ why))
  | Out_of_memory -> Lwt.return (Error "not enough memory for the device's buffers")
  | Failure why -> Lwt.return (Error why)
  | e -> Lwt.fail e

let connecting = Lwt_mutex.create ()

let connect id =
  Lwt_mutex.with_lock connecting @@ fun () ->
  match Hashtbl.find_opt devices id with
  | Some t -> Lwt.return (`Ok t)
  | None -> (
      Lwt.catch (fun () -> find_and_start id) failed >|= function
      | Ok t -> `Ok t
      | Error why -> `Error (`Unknown why))
