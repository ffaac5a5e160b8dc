(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core
open Mirage_runtime_kernel_parameters

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

(* [device] is [None] while the machine has taken it away. *)
type t = {
  id : id;
  mac : Macaddr.t;
  mutable device : Net_device.t option;
  stats : stats;
  mutable listening : listening option;
  mutable connected : bool;
  mutable observers : ([ `Gone | `Back ] -> unit) list;
}

let page_size = 4096
let id t = t.id
let mac t = t.mac
let get_stats_counters t = t.stats

let reset_stats_counters { stats; _ } =
  stats.rx_bytes <- 0L;
  stats.rx_pkts <- 0l;
  stats.tx_bytes <- 0L;
  stats.tx_pkts <- 0l

let context t = "netif " ^ t.id

(* The rest is for the program, and for what it is about to send. *)
let () = Memory_budget.set_limit (Kernel.pages () * page_size / 8)

let () =
  Random_source.set (fun n ->
      let buffer = Cstruct.create n in
      if Kernel.entropy buffer.buffer then Some (Cstruct.to_string buffer) else None)

(* {2 Disconnecting} *)

let interfaces : (id, t) Hashtbl.t = Hashtbl.create 4

let set_receiver t receiver =
  Option.iter (fun (device : Net_device.t) -> device.receive receiver) t.device

let stop_listening t =
  match t.listening with
  | None -> ()
  | Some { stop; _ } ->
      t.listening <- None;
      set_receiver t None;
      Lwt.wakeup_later stop ()

let close_device t =
  match t.device with
  | None -> Lwt.return_unit
  | Some device ->
      Net_offload.(offer t.mac none);
      t.device <- None;
      device.close ()

let disconnect t =
  if not t.connected then Lwt.return_unit
  else begin
    t.connected <- false;
    Hashtbl.remove interfaces t.id;
    stop_listening t;
    close_device t
  end

(* {2 Receiving} *)

let count_received { stats; _ } frame =
  stats.rx_bytes <- Int64.add stats.rx_bytes (Int64.of_int (Cstruct.length frame));
  stats.rx_pkts <- Int32.succ stats.rx_pkts

(* A listener that did not agree to omitted checksums gets frames with theirs filled in. *)
let deliver t callback frame (checksum : Net_device.checksum) =
  count_received t frame;
  let is_accepted = Net_offload.is_accepted t.mac in
  if checksum = Blank && not is_accepted then Checksum.fill frame;
  Report.guard (context t) (fun () ->
      if is_accepted && checksum <> Computed then
        Net_offload.deliver_verified frame callback
      else callback frame)

let listen t callback =
  if not t.connected then Lwt.return_unit
  else if t.listening <> None then
    Lwt.fail_invalid_arg ("Netif.listen: somebody listens to " ^ t.id ^ " already")
  else begin
    let stopped, stop = Lwt.wait () in
    t.listening <- Some { callback; stop };
    set_receiver t (Some (deliver t callback));
    stopped
  end

(* {2 Sending} *)

let count_sent { stats; _ } length =
  stats.tx_bytes <- Int64.add stats.tx_bytes (Int64.of_int length);
  stats.tx_pkts <- Int32.succ stats.tx_pkts

let send t (device : Net_device.t) parts =
  let length = Cstruct.lenv parts in
  if length > device.max_frame then
    Lwt.fail_invalid_arg
      (Printf.sprintf "Netif.writev: the frame is longer than %d octets" device.max_frame)
  else if length = 0 then Lwt.return_unit
  else begin
    count_sent t length;
    device.send parts ~length ~segment_size:(Net_offload.segment_size parts)
  end

(* What is sent on an interface that isn't there gets lost, as on one without a cable. *)
let writev t parts =
  match t.device with
  | Some device -> send t device parts
  | None -> Lwt.return_unit

let write t frame = writev t [ frame ]

(* {2 Connecting} *)

(* An interface that was detached may come back: listeners then go on, at the old address. *)
let tell t change =
  List.iter
    (fun observer -> Report.guard (context t) (fun () -> Lwt.return (observer change)))
    (List.rev t.observers)

let on_change t observer = t.observers <- observer :: t.observers

let rec use t (device : Net_device.t) =
  t.device <- Some device;
  Net_offload.offer t.mac device.features;
  Option.iter (fun { callback; _ } -> set_receiver t (Some (deliver t callback))) t.listening;
  Lwt.on_success device.lost (fun why ->
      if t.connected then begin
        Report.line (context t ^ ": the device is gone: " ^ why);
        Devices.forget Net_device.all t.id;
        Report.guard (context t) (fun () ->
            close_device t >>= fun () ->
            tell t `Gone;
            wait_for_another t)
      end)

and wait_for_another t =
  let change = Devices.next_change Net_device.all in
  Devices.open_device Net_device.all t.id >>= function
  | Ok device when t.connected ->
      Report.line (context t ^ ": there is a device again");
      use t device;
      tell t `Back;
      Lwt.return_unit
  | Ok device -> device.close ()
  | Error _ ->
      change >>= fun () -> if t.connected then wait_for_another t else Lwt.return_unit

let parameters =
  lazy
    (let read, wrong = Ip_parameter.of_settings (Array.to_list (Kernel.settings ())) in
     List.iter (fun word -> Report.line (word ^ ": not understood; nothing is made of it")) wrong;
     read)

(* What the command line says of the interface. *)
let choose_address (device : Net_device.t) =
  let is_meant { Ip_parameter.interface; _ } = interface = device.number in
  List.iter
    (fun { Ip_parameter.addressing; _ } -> Net_parameters.choose device.mac addressing)
    (List.filter is_meant (Lazy.force parameters))

let start id (device : Net_device.t) =
  choose_address device;
  let stats = { rx_bytes = 0L; rx_pkts = 0l; tx_bytes = 0L; tx_pkts = 0l } in
  let t =
    {
      id;
      mac = device.mac;
      device = None;
      stats;
      listening = None;
      connected = true;
      observers = [];
    }
  in
  Hashtbl.replace interfaces id t;
  use t device;
  t

let connecting = Lwt_mutex.create ()

let connect id =
  Lwt_mutex.with_lock connecting @@ fun () ->
  match Hashtbl.find_opt interfaces id with
  | Some t -> Lwt.return (`Ok t)
  | None -> (
      Devices.open_device Net_device.all id >|= function
      | Ok device -> `Ok (start id device)
      | Error why -> `Error (`Unknown why))
