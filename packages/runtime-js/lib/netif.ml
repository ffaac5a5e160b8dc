(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_js_host

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

type t = {
  id : id;
  mac : Macaddr.t;
  network : Host.network;
  stats : stats;
  mutable listening : unit Lwt.u option;
  mutable connected : bool;
}

let id t = t.id
let mac t = t.mac
let get_stats_counters t = t.stats

let reset_stats_counters { stats; _ } =
  stats.rx_bytes <- 0L;
  stats.rx_pkts <- 0l;
  stats.tx_bytes <- 0L;
  stats.tx_pkts <- 0l

let count_received { stats; _ } length =
  stats.rx_bytes <- Int64.add stats.rx_bytes (Int64.of_int length);
  stats.rx_pkts <- Int32.succ stats.rx_pkts

let count_sent { stats; _ } length =
  stats.tx_bytes <- Int64.add stats.tx_bytes (Int64.of_int length);
  stats.tx_pkts <- Int32.succ stats.tx_pkts

(* {2 Connecting} *)

let devices : (id, t) Hashtbl.t = Hashtbl.create 4

(* IEEE 802, section 8.4: locally administered, and of one station. *)
let random_mac () =
  let octets = Host.random 6 in
  Cstruct.set_uint8 octets 0 (Cstruct.get_uint8 octets 0 land 0xfc lor 0x02);
  Macaddr.of_octets_exn (Cstruct.to_string octets)

let mac_of name network =
  match Host.network_mac network with
  | "" -> Ok (random_mac ())
  | text -> (
      match Macaddr.of_string text with
      | Ok mac when Macaddr.is_unicast mac -> Ok mac
      | Ok _ | Error _ ->
          Error (Printf.sprintf "the device %S has the address %S: no station's" name text))

let create id =
  Result.bind (Host.open_network id) (fun network ->
      Result.map
        (fun mac ->
          let stats = { rx_bytes = 0L; rx_pkts = 0l; tx_bytes = 0L; tx_pkts = 0l } in
          { id; mac; network; stats; listening = None; connected = true })
        (mac_of id network))

let connect id =
  match Hashtbl.find_opt devices id with
  | Some t -> Lwt.return (`Ok t)
  | None -> (
      match create id with
      | Ok t ->
          Hashtbl.add devices id t;
          Lwt.return (`Ok t)
      | Error why -> Lwt.return (`Error (`Unknown why)))

let disconnect t =
  if t.connected then begin
    t.connected <- false;
    Hashtbl.remove devices t.id;
    Host.close_network t.network;
    Option.iter (fun stop -> Lwt.wakeup_later stop ()) t.listening;
    t.listening <- None
  end;
  Lwt.return_unit

(* {2 Frames} *)

let deliver t callback frame =
  if t.connected then begin
    count_received t (Cstruct.length frame);
    Report.guard ("netif " ^ t.id) (fun () -> callback frame)
  end

let listen t callback =
  if not t.connected then Lwt.return_unit
  else if t.listening <> None then
    Lwt.fail_invalid_arg ("Netif.listen: somebody listens to " ^ t.id ^ " already")
  else begin
    let stopped, stop = Lwt.wait () in
    t.listening <- Some stop;
    Host.network_listen t.network (deliver t callback);
    stopped
  end

let writev t parts =
  if t.connected then begin
    Host.network_send t.network parts;
    count_sent t (Cstruct.lenv parts)
  end;
  Lwt.return_unit

let write t frame = writev t [ frame ]
