(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core

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

type t = {
  id : id;
  device : Net_device.t;
  stats : stats;
  mutable listening : listening option;
  mutable connected : bool;
}

let page_size = 4096
let id t = t.id
let mac t = t.device.mac
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

let stop_listening t =
  match t.listening with
  | None -> ()
  | Some { stop; _ } ->
      t.listening <- None;
      t.device.receive None;
      Lwt.wakeup_later stop ()

let disconnect t =
  if not t.connected then Lwt.return_unit
  else begin
    t.connected <- false;
    Hashtbl.remove interfaces t.id;
    Net_offload.(offer t.device.mac none);
    stop_listening t;
    t.device.close ()
  end

let lost t why =
  if t.connected then begin
    Report.line (context t ^ ": the device is gone: " ^ why);
    Report.guard (context t) (fun () -> disconnect t)
  end

(* {2 Receiving} *)

let count_received { stats; _ } frame =
  stats.rx_bytes <- Int64.add stats.rx_bytes (Int64.of_int (Cstruct.length frame));
  stats.rx_pkts <- Int32.succ stats.rx_pkts

(* A checksum that was left out must be there for whoever has not agreed to that. *)
let deliver t callback frame (checksum : Net_device.checksum) =
  count_received t frame;
  let is_accepted = Net_offload.is_accepted t.device.mac in
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
    t.device.receive (Some (deliver t callback));
    stopped
  end

(* {2 Sending} *)

let count_sent { stats; _ } length =
  stats.tx_bytes <- Int64.add stats.tx_bytes (Int64.of_int length);
  stats.tx_pkts <- Int32.succ stats.tx_pkts

let writev t parts =
  let length = Cstruct.lenv parts in
  let { Net_device.max_frame; _ } = t.device in
  if length > max_frame then
    Lwt.fail_invalid_arg
      (Printf.sprintf "Netif.writev: the frame is longer than %d octets" max_frame)
  else if length = 0 || not t.connected then Lwt.return_unit
  else begin
    count_sent t length;
    t.device.send parts ~length ~segment_size:(Net_offload.segment_size parts)
  end

let write t frame = writev t [ frame ]

(* {2 Connecting} *)

let start id device =
  let stats = { rx_bytes = 0L; rx_pkts = 0l; tx_bytes = 0L; tx_pkts = 0l } in
  let t = { id; device; stats; listening = None; connected = true } in
  Hashtbl.replace interfaces id t;
  Net_offload.offer device.mac device.features;
  Lwt.on_success device.lost (lost t);
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
