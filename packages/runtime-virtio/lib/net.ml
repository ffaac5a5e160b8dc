(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_kernel_core
open Mirage_runtime_virtio_queue

(* Virtual I/O Device (VIRTIO) Version 1.2, section 5.1.3 *)
let kind = 1
let feature_checksum = 0
let feature_guest_checksum = 1
let feature_mac = 5
let feature_guest_tso4 = 7
let feature_host_tso4 = 11
let feature_mergeable = 15

(* Segments that are longer than a buffer need several. *)
let features (transport : Transport.t) =
  let mergeable = transport.get_features 0 land (1 lsl feature_mergeable) <> 0 in
  [
    feature_checksum;
    feature_guest_checksum;
    feature_mac;
    feature_host_tso4;
    feature_mergeable;
  ]
  @ if mergeable then [ feature_guest_tso4 ] else []

(* struct virtio_net_hdr, section 5.1.6 *)
let header_size = 12
let needs_checksum = 1
let is_valid = 2
let gso_tcpv4 = 1
let receive_queue = 0
let transmit_queue = 1
let page_size = Pieces.page_size

(* The memory of a small machine is for the program. *)
let pages = if Kernel.pages () >= 4096 then 128 else 32

(* So many frames are received before timers and others have their turn. *)
let batch = 64

type pool = { memory : Cstruct.t; address : int }

(* The frame that is being put together. *)
type incoming = {
  mutable parts : Cstruct.t list;  (** last first *)
  mutable missing : int;
  mutable flags : int;
  mutable posted : int list;  (** the pages of the parts *)
}

type outgoing = {
  frame : Cstruct.t list;
  segment_size : int;
  needed : int;  (** pages *)
  sent : unit Lwt.u;
}

type t = {
  device : Device.t;
  rx : Device.queue;
  rx_pool : pool;
  rx_pages : int array;  (** by the chains that they are in *)
  tx : Device.queue;
  tx_pool : pool;
  tx_free : int Stack.t;
  tx_pages : int list array;
  tx_waiting : outgoing Queue.t;
  incoming : incoming;
  received : Slab.t;
  lost : string Lwt.t;
  lose : string Lwt.u;
  mutable receiver : (Cstruct.t -> Net_device.checksum -> unit) option;
  mutable connected : bool;
}

let page pool i = Cstruct.sub pool.memory (i * page_size) page_size

let finish t =
  t.connected <- false;
  t.receiver <- None;
  Device.stop t.device;
  Queue.iter (fun { sent; _ } -> Lwt.wakeup_later sent ()) t.tx_waiting;
  Queue.clear t.tx_waiting

let abandon t why =
  if t.connected then begin
    finish t;
    Lwt.wakeup_later t.lose why
  end

(* {2 Receiving} *)

let post t i =
  let part =
    { Virtqueue.address = t.rx_pool.address + (i * page_size); length = page_size; writable = true }
  in
  t.rx_pages.(Virtqueue.add t.rx.ring [ part ]) <- i

let forget incoming =
  incoming.parts <- [];
  incoming.missing <- 0;
  incoming.posted <- []

(* The parts one behind the other; the pages are offered again. *)
let join t =
  let incoming = t.incoming in
  let parts = List.rev incoming.parts in
  let frame = Slab.take t.received (Cstruct.lenv parts) in
  ignore (Cstruct.fillv ~src:parts ~dst:frame);
  let checksum : Net_device.checksum =
    if incoming.flags land needs_checksum <> 0 then Blank
    else if incoming.flags land is_valid <> 0 then Verified
    else Computed
  in
  List.iter (post t) incoming.posted;
  forget incoming;
  (frame, checksum)

(* Section 5.1.6.4: the header is in the first buffer, and tells how many there are. *)
let first_part t memory =
  if Cstruct.length memory < header_size then
    raise (Virtqueue.Broken "a frame without its header");
  t.incoming.flags <- Cstruct.get_uint8 memory 0;
  let buffers =
    if Device.has t.device feature_mergeable then Cstruct.LE.get_uint16 memory 10 else 1
  in
  if buffers = 0 || buffers > pages then
    raise (Virtqueue.Broken (Printf.sprintf "a frame in %d buffers" buffers));
  t.incoming.missing <- buffers - 1;
  Cstruct.shift memory header_size

let take_part t frames ~chain ~length =
  let incoming = t.incoming in
  let i = t.rx_pages.(chain) in
  let memory = Cstruct.sub (page t.rx_pool i) 0 length in
  let data =
    if incoming.posted = [] then first_part t memory
    else begin
      incoming.missing <- incoming.missing - 1;
      memory
    end
  in
  incoming.parts <- data :: incoming.parts;
  incoming.posted <- i :: incoming.posted;
  if incoming.missing = 0 then frames := join t :: !frames

let receive t =
  let frames = ref [] in
  ignore (Virtqueue.take_used t.rx.ring ~limit:batch (take_part t frames));
  if !frames <> [] then Device.push t.rx;
  List.iter
    (fun (frame, checksum) ->
      if Cstruct.length frame > 0 then
        Option.iter (fun receiver -> receiver frame checksum) t.receiver)
    (List.rev !frames);
  !frames <> []

(* {2 Sending} *)

let take_sent t ~chain ~length:_ =
  List.iter (fun i -> Stack.push i t.tx_free) t.tx_pages.(chain);
  t.tx_pages.(chain) <- []

let reclaim t = ignore (Virtqueue.take_used t.tx.ring ~limit:max_int (take_sent t))

(* What does not fit into the page any more. *)
let rec fill page offset = function
  | [] -> (offset, [])
  | part :: rest ->
      let n = min (Cstruct.length part) (page_size - offset) in
      Cstruct.blit part 0 page offset n;
      if n = Cstruct.length part then fill page (offset + n) rest
      else (page_size, Cstruct.shift part n :: rest)

let set_header memory frame ~segment_size =
  Cstruct.memset (Cstruct.sub memory 0 header_size) 0;
  if segment_size > 0 then begin
    let start, stop = Net_offload.tcp_header (List.hd frame) in
    let checksum_offset = 16 in
    Cstruct.set_uint8 memory 0 needs_checksum;
    Cstruct.LE.set_uint16 memory 6 start;
    Cstruct.LE.set_uint16 memory 8 checksum_offset;
    if Cstruct.lenv frame - stop > segment_size then begin
      Cstruct.set_uint8 memory 1 gso_tcpv4;
      Cstruct.LE.set_uint16 memory 2 stop;
      Cstruct.LE.set_uint16 memory 4 segment_size
    end
  end

let rec fill_pages t offset = function
  | [] -> []
  | parts ->
      let i = Stack.pop t.tx_free in
      let length, rest = fill (page t.tx_pool i) offset parts in
      (i, length) :: fill_pages t 0 rest

let send t { frame; segment_size; _ } =
  let filled = fill_pages t header_size frame in
  set_header (page t.tx_pool (fst (List.hd filled))) frame ~segment_size;
  let part (i, length) =
    { Virtqueue.address = t.tx_pool.address + (i * page_size); length; writable = false }
  in
  t.tx_pages.(Virtqueue.add t.tx.ring (List.map part filled)) <- List.map fst filled

let has_room t { needed; _ } =
  Stack.length t.tx_free >= needed && Virtqueue.free t.tx.ring >= needed

(* Those who wait have their turn in the order in which they came. *)
let rec send_waiting t =
  match Queue.peek_opt t.tx_waiting with
  | Some outgoing when has_room t outgoing ->
      ignore (Queue.pop t.tx_waiting);
      send t outgoing;
      Lwt.wakeup_later outgoing.sent ();
      send_waiting t
  | Some _ | None -> ()

let send_frame t frame ~length ~segment_size =
  if not t.connected then Lwt.return_unit
  else begin
    let promise, sent = Lwt.wait () in
    let needed = (header_size + length + page_size - 1) / page_size in
    let outgoing = { frame; segment_size; needed; sent } in
    (try if not (has_room t outgoing) then reclaim t
     with Virtqueue.Broken why -> abandon t why);
    if not t.connected then Lwt.return_unit
    else if Queue.is_empty t.tx_waiting && has_room t outgoing then begin
      send t outgoing;
      Lwt.return_unit
    end
    else begin
      Queue.add outgoing t.tx_waiting;
      promise
    end
  end

(* {2 Connecting} *)

let close t () =
  if t.connected then finish t;
  Lwt.return_unit

(* Frames sent since the last time are shown together: telling the device is expensive. *)
let poll t () =
  t.connected
  &&
  try
    if not (Queue.is_empty t.tx_waiting) then begin
      reclaim t;
      send_waiting t
    end;
    Device.push t.tx;
    t.receiver <> None && receive t
  with Virtqueue.Broken why ->
    abandon t why;
    true

let wants t queue =
  if queue == t.rx then t.receiver <> None else not (Queue.is_empty t.tx_waiting)

let pool () =
  let buffer = Kernel.pages_get pages in
  { memory = Cstruct.of_bigarray buffer; address = Kernel.address buffer }

(* A device without an address of its own gets one that is nobody else's (IEEE 802c: locally
   administered). *)
let mac device =
  let octets = Cstruct.create 6 in
  if Device.has device feature_mac then
    for i = 0 to 5 do
      Cstruct.set_uint8 octets i (Device.config8 device i)
    done
  else if Kernel.entropy octets.buffer then
    Cstruct.set_uint8 octets 0 (Cstruct.get_uint8 octets 0 land 0xfc lor 2)
  else failwith "the device has no address, and there is no randomness to make one";
  Macaddr.of_octets_exn (Cstruct.to_string octets)

let max_datagram = 65_535

(* A frame of the greatest length is never in more pages than there are. *)
let max_frame = min (14 + max_datagram) ((pages * page_size) - header_size)

let make device rx tx =
  let lost, lose = Lwt.wait () in
  {
    device;
    rx;
    rx_pool = pool ();
    rx_pages = Array.make (Virtqueue.free rx.Device.ring) 0;
    tx;
    tx_pool = pool ();
    tx_free = Stack.of_seq (List.to_seq (List.init pages Fun.id));
    tx_pages = Array.make (Virtqueue.free tx.Device.ring) [];
    tx_waiting = Queue.create ();
    incoming = { parts = []; missing = 0; flags = 0; posted = [] };
    received = Slab.create ();
    lost;
    lose;
    receiver = None;
    connected = true;
  }

let start t ~number : Net_device.t =
  for i = 0 to min pages (Virtqueue.free t.rx.ring) - 1 do
    post t i
  done;
  Device.listen t.device ~poll:(poll t) ~wants:(wants t);
  Device.ready t.device;
  Device.push t.rx;
  let checksum = Device.has t.device feature_checksum in
  let largest =
    if checksum && Device.has t.device feature_host_tso4 then max_datagram else 0
  in
  {
    number;
    mac = mac t.device;
    max_frame;
    features = { checksum; largest };
    send = send_frame t;
    receive = (fun receiver -> t.receiver <- receiver);
    close = close t;
    lost = t.lost;
  }

let connect number transport =
  Result.bind (Device.start transport ~features:(features transport)) @@ fun device ->
  Result.bind (Device.add_queue device receive_queue ~most:pages) @@ fun rx ->
  Result.map
    (fun tx -> start (make device rx tx) ~number)
    (Device.add_queue device transmit_queue ~most:pages)

let () =
  let names i = [ string_of_int i; "eth" ^ string_of_int i ] in
  Device.add_bus Net_device.all ~kind ~names connect
    ~advice:"for QEMU, -netdev …,id=n0 -device virtio-net-pci,netdev=n0"
