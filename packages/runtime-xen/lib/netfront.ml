(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core

(* Pages that frames pass through, by the number in requests and responses. *)
type direction = { ring : Ring.t; ring_page : Grant.page; pages : Grant.page array }

(* The frame that is being put together from responses. *)
type incoming = {
  posted : int array;  (** the page that was offered, by the place in the ring *)
  mutable place : int;  (** of the next response *)
  mutable parts : (int * Cstruct.t) list;  (** pages and what they hold, last first *)
  mutable flags : int;  (** those of the first part *)
  mutable more : bool;  (** more parts are to come *)
  mutable in_extras : bool;  (** descriptors that hold no data are to come *)
  mutable damaged : bool;
}

type outgoing = {
  frame : Cstruct.t list;
  length : int;
  segment_size : int;
  needed : int;  (** pages *)
  sent : unit Lwt.u;
}

type t = {
  frontend : Frontend.t;
  port : Event.port;
  rx : direction;
  tx : direction;
  incoming : incoming;
  tx_free : int Stack.t;
  tx_waiting : outgoing Queue.t;
  max_frame : int;
  received : Slab.t;
  lost : string Lwt.t;
  lose : string Lwt.u;
  mutable receiver : (Cstruct.t -> Net_device.checksum -> unit) option;
  mutable connected : bool;
}

let page_size = 4096
let rx_pages = 128
let tx_pages = 128

(* So many frames are received before timers and others have their turn. *)
let batch = 64

(* {2 The end} *)

let free { ring_page; pages; _ } =
  Grant.free_page ring_page;
  Array.iter Grant.free_page pages

let close t =
  if not t.connected then Lwt.return_unit
  else begin
    t.connected <- false;
    t.receiver <- None;
    Queue.iter (fun { sent; _ } -> Lwt.wakeup_later sent ()) t.tx_waiting;
    Queue.clear t.tx_waiting;
    Frontend.close t.frontend >|= fun () ->
    Event.close t.port;
    free t.rx;
    free t.tx
  end

let abandon t why = if Lwt.is_sleeping t.lost then Lwt.wakeup_later t.lose why

(* {2 Receiving: struct netif_rx_request, netif_rx_response, netif_extra_info of
   xen/io/netif.h} *)

let rx_entry_size = 8
let rx_validated = 1
let rx_checksum_blank = 2
let rx_more_data = 4
let rx_extra_info = 8
let extra_more = 1

let post_rx t number =
  let { ring; pages; _ } = t.rx in
  t.incoming.posted.(Ring.next_place ring) <- number;
  let request = Ring.add_request ring in
  Field.set16 request 0 number;
  Field.set32 request 4 pages.(number).reference

(* The parts one behind the other; the pages are offered again. *)
let join t =
  let incoming = t.incoming in
  let parts = List.rev incoming.parts in
  let length = List.fold_left (fun n (_, data) -> n + Cstruct.length data) 0 parts in
  let frame =
    if incoming.damaged then None
    else
      let frame = Slab.take t.received length in
      ignore (Cstruct.fillv ~src:(List.map snd parts) ~dst:frame);
      Some (frame, incoming.flags)
  in
  List.iter (fun (number, _) -> post_rx t number) parts;
  incoming.parts <- [];
  incoming.damaged <- false;
  frame

let take_part t number response =
  let incoming = t.incoming in
  let offset = Field.get16 response 2 in
  let flags = Field.get16 response 4 in
  let status = Field.get16 response 6 in
  if Field.get16 response 0 <> number then raise Ring.Broken;
  if incoming.parts = [] then incoming.flags <- flags;
  incoming.more <- flags land rx_more_data <> 0;
  incoming.in_extras <- flags land rx_extra_info <> 0;
  let is_sound = status > 0 && offset + status <= page_size in
  if not is_sound then incoming.damaged <- true;
  let data =
    if is_sound then Cstruct.sub t.rx.pages.(number).memory offset status
    else Cstruct.empty
  in
  incoming.parts <- (number, data) :: incoming.parts

(* An extra descriptor takes the place of a page that remains unused; what it says,
   how the sender would have segmented, does not matter to the receiver. *)
let take_extra t number response =
  t.incoming.in_extras <- Field.get8 response 1 land extra_more <> 0;
  post_rx t number

(* The frame, and its flags, that this response is the end of. *)
let take_received t response =
  let incoming = t.incoming in
  let number = incoming.posted.(incoming.place) in
  incoming.place <- (incoming.place + 1) land (Ring.size t.rx.ring - 1);
  if incoming.in_extras then take_extra t number response
  else take_part t number response;
  if incoming.more || incoming.in_extras then None else join t

(* The other side leaves out checksums that only this machine would look at. *)
let deliver t (frame, flags) =
  let checksum : Net_device.checksum =
    if flags land rx_checksum_blank <> 0 then Blank
    else if flags land rx_validated <> 0 then Verified
    else Computed
  in
  Option.iter (fun receiver -> receiver frame checksum) t.receiver

let rec receive t =
  if t.connected && t.receiver <> None then begin
    let frames = ref [] in
    let take response =
      Option.iter (fun frame -> frames := frame :: !frames) (take_received t response)
    in
    let more = Ring.take_responses ~limit:batch t.rx.ring take in
    if Ring.push_requests t.rx.ring then Event.send t.port;
    List.iter (deliver t) (List.rev !frames);
    if more then Lwt.on_success (Lwt.pause ()) (fun () -> on_receive t)
  end

and on_receive t = try receive t with Ring.Broken -> abandon t "its ring is broken"

let set_receiver t receiver =
  t.receiver <- receiver;
  if receiver <> None then on_receive t

(* {2 Sending: struct netif_tx_request, netif_tx_response, netif_extra_info} *)

let tx_entry_size = 12
let tx_checksum_blank = 1
let tx_validated = 2
let tx_more_data = 4
let tx_extra_info = 8
let extra_type_gso = 1
let gso_tcpv4 = 1
let response_to_nothing = 1

let take_sent t response =
  let number = Field.get16 response 0 in
  if Field.get16 response 2 <> response_to_nothing then begin
    if number >= tx_pages then raise Ring.Broken;
    Stack.push number t.tx_free
  end

(* [wake]: somebody waits for room, and needs to be told of it. *)
let reclaim t ~wake = ignore (Ring.take_responses ~wake t.tx.ring (take_sent t))

let add_part t number ~flags ~size =
  let request = Ring.add_request t.tx.ring in
  Field.set32 request 0 t.tx.pages.(number).reference;
  Field.set16 request 4 0;
  Field.set16 request 6 flags;
  Field.set16 request 8 number;
  Field.set16 request 10 size

let add_segment_size t size =
  let extra = Ring.add_request t.tx.ring in
  Cstruct.memset extra 0;
  Field.set8 extra 0 extra_type_gso;
  Field.set16 extra 2 size;
  Field.set8 extra 4 gso_tcpv4

(* What does not fit into the page any more. *)
let rec fill page offset = function
  | [] -> []
  | part :: rest ->
      let n = min (Cstruct.length part) (page_size - offset) in
      Cstruct.blit part 0 page offset n;
      if n = Cstruct.length part then fill page (offset + n) rest
      else Cstruct.shift part n :: rest

(* Pages but for the first say how much of the frame they hold; that one, how long the
   whole is. *)
let rec send_parts t parts length ~first ~flags ~segment_size =
  let number = Stack.pop t.tx_free in
  let rest = fill t.tx.pages.(number).memory 0 parts in
  let left = length - page_size in
  let flags = if left > 0 then flags lor tx_more_data else flags in
  add_part t number ~flags
    ~size:(match first with Some whole -> whole | None -> min length page_size);
  if segment_size > 0 then add_segment_size t segment_size;
  if left > 0 then send_parts t rest left ~first:None ~flags:0 ~segment_size:0

let send t { frame; length; segment_size; _ } =
  let is_cut =
    segment_size > 0
    && length - snd (Net_offload.tcp_header (List.hd frame)) > segment_size
  in
  let checksum = if segment_size > 0 then tx_checksum_blank lor tx_validated else 0 in
  send_parts t frame length ~first:(Some length)
    ~flags:(if is_cut then checksum lor tx_extra_info else checksum)
    ~segment_size:(if is_cut then segment_size else 0);
  if Ring.push_requests t.tx.ring then Event.send t.port

let has_room t { needed; _ } = Stack.length t.tx_free >= needed

(* Those who wait have their turn in the order in which they came. *)
let rec send_waiting t =
  match Queue.peek_opt t.tx_waiting with
  | Some outgoing when has_room t outgoing ->
      ignore (Queue.pop t.tx_waiting);
      send t outgoing;
      Lwt.wakeup_later outgoing.sent ();
      send_waiting t
  | Some _ | None -> ()

let on_sent t =
  let wake = not (Queue.is_empty t.tx_waiting) in
  match reclaim t ~wake with
  | () -> send_waiting t
  | exception Ring.Broken -> abandon t "its ring is broken"

let send_frame t frame ~length ~segment_size =
  if not t.connected then Lwt.return_unit
  else begin
    let promise, sent = Lwt.wait () in
    let needed = (length + page_size - 1) / page_size in
    let outgoing = { frame; length; segment_size; needed; sent } in
    if not (has_room t outgoing) then on_sent t;
    if Queue.is_empty t.tx_waiting && has_room t outgoing then begin
      send t outgoing;
      Lwt.return_unit
    end
    else begin
      Queue.add outgoing t.tx_waiting;
      on_sent t;
      promise
    end
  end

(* {2 Connecting} *)

let direction ~domain ~writable ~entry_size count =
  let ring_page = Grant.page ~domain ~writable:true in
  {
    ring = Ring.create ring_page.memory ~entry_size;
    ring_page;
    pages = Array.init count (fun _ -> Grant.page ~domain ~writable);
  }

let incoming ring =
  {
    posted = Array.make (Ring.size ring) 0;
    place = 0;
    parts = [];
    flags = 0;
    more = false;
    in_extras = false;
    damaged = false;
  }

(* With parts, a frame is as long as an IPv4 datagram can be, and a TCP segment that
   long can be left to the other side to cut. *)
type abilities = { parts : bool; checksum : bool; gso : bool }

let max_datagram = 65_535
let max_frame { parts; _ } = if parts then 14 + max_datagram else page_size

let create frontend abilities =
  let domain = Frontend.domain frontend in
  let lost, lose = Lwt.wait () in
  let rx = direction ~domain ~writable:true ~entry_size:rx_entry_size rx_pages in
  {
    frontend;
    port = Event.alloc domain;
    rx;
    tx = direction ~domain ~writable:false ~entry_size:tx_entry_size tx_pages;
    tx_free = Stack.of_seq (List.to_seq (List.init tx_pages Fun.id));
    incoming = incoming rx.ring;
    tx_waiting = Queue.create ();
    max_frame = max_frame abilities;
    received = Slab.create ();
    lost;
    lose;
    receiver = None;
    connected = true;
  }

(* The state comes last. Checksums may be blank unless we asked for them
   (feature-no-csum-offload). *)
let offer t =
  let write (name, value) = Frontend.write_int t.frontend name value in
  Lwt_list.iter_s write
    [
      ("tx-ring-ref", t.tx.ring_page.reference);
      ("rx-ring-ref", t.rx.ring_page.reference);
      ("event-channel", t.port);
      ("request-rx-copy", 1);
      ("feature-rx-notify", 1);
      ("feature-sg", 1);
      ("feature-gso-tcpv4", 1);
    ]
  >>= fun () -> Frontend.set_state t.frontend Connected

let read_abilities frontend =
  Frontend.backend_has frontend "feature-sg" >>= fun parts ->
  Frontend.backend_has frontend "feature-gso-tcpv4" >>= fun gso ->
  Frontend.backend_has frontend "feature-no-csum-offload" >|= fun no_checksum ->
  let checksum = not no_checksum in
  { parts; checksum; gso = gso && parts && checksum }

let read_mac frontend =
  Frontend.read frontend "mac" >|= fun text ->
  match Option.map Macaddr.of_string text with
  | Some (Ok mac) -> Ok mac
  | Some (Error (`Msg why)) -> Error why
  | None -> Error "the device has no MAC address"

let device t mac abilities : Net_device.t =
  {
    number = Frontend.index t.frontend;
    mac;
    max_frame = t.max_frame;
    features =
      {
        checksum = abilities.checksum;
        largest = (if abilities.gso then max_datagram else 0);
      };
    send = send_frame t;
    receive = set_receiver t;
    close = (fun () -> close t);
    lost = t.lost;
  }

let connect path =
  Lwt_result.bind (Frontend.open_device path) @@ fun frontend ->
  Lwt_result.bind (read_mac frontend) @@ fun mac ->
  read_abilities frontend >>= fun abilities ->
  let t = create frontend abilities in
  for number = 0 to rx_pages - 1 do
    post_rx t number
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
          if t.connected then abandon t "dom0 has detached it");
      device t mac abilities)
    (Frontend.wait_for frontend Connected)

let answers_to index name = int_of_string_opt name = Some index

let () =
  Frontend.add_bus Net_device.all ~kind:"vif" ~answers_to connect
    ~advice:"see `vif` in the domain's configuration"
