(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_unix_io

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

(* What the descriptor reads and writes. *)
type link =
  | Frames
  | Frames_with_header of Cstruct.t  (** before each frame that is written *)
  | Packets of Ip_link.t

type t = {
  id : id;
  mac : Macaddr.t;
  fd : Unix.file_descr;
  lwt_fd : Lwt_unix.file_descr;
  link : link;
  writer : Writer.t;
  received : Slab.t;
  stats : stats;
  mutable listening : listening option;
  mutable connected : bool;
}

and listening = {
  callback : Cstruct.t -> unit Lwt.t;
  event : Lwt_engine.event;
  stop : unit Lwt.u;
}

(* The largest thing one read of a TAP device yields, whatever its MTU is set to
   while we run; read(2) would cut a longer frame without saying so. *)
let max_frame = 65_536 + 64

(* So many frames are read before timers and other descriptors have their turn. *)
let batch = 64
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

let stop_listening t =
  match t.listening with
  | None -> ()
  | Some { event; stop; _ } ->
      t.listening <- None;
      Lwt_engine.stop_event event;
      Lwt.wakeup_later stop ()

(* Every device in use: a descriptor belongs to one [t] only. *)
let devices : (id, t) Hashtbl.t = Hashtbl.create 4

let disconnect t =
  if t.connected then begin
    t.connected <- false;
    Hashtbl.remove devices t.id;
    Net_offload.(offer t.mac none);
    stop_listening t;
    Lwt_unix.abort t.lwt_fd (Unix.Unix_error (EBADF, "Netif", t.id));
    Unix.close t.fd
  end;
  Lwt.return_unit

(* {2 Receiving} *)

let () =
  Random_source.set (fun n ->
      try Some (Cstruct.to_string (Fd.random n)) with Unix.Unix_error _ -> None)

let context t = "netif " ^ t.id

let lost_device t why =
  Report.line (Printf.sprintf "%s: the device is gone: %s" (context t) why);
  stop_listening t

let deliver t callback frame =
  count_received t (Cstruct.length frame);
  Report.guard (context t) (fun () -> callback frame)

let deliver_with_header t callback packet =
  if Cstruct.length packet > Tap.header_length then begin
    let header, frame = Cstruct.split packet Tap.header_length in
    let callback frame =
      if Tap.is_verified header then Net_offload.deliver_verified frame callback
      else callback frame
    in
    deliver t callback frame
  end

let receive_packet t callback packet =
  match t.link with
  | Frames -> deliver t callback packet
  | Frames_with_header _ -> deliver_with_header t callback packet
  | Packets link -> Option.iter (deliver t callback) (Ip_link.frame link packet)

let rec receive t callback budget =
  if budget > 0 && t.connected then
    let lead = match t.link with Packets link -> Ip_link.lead link | _ -> 0 in
    match Fd.read ~lead t.fd t.received max_frame with
    | None -> ()
    | Some packet when Cstruct.length packet = 0 -> lost_device t "end of file"
    | Some packet ->
        receive_packet t callback packet;
        receive t callback (budget - 1)
    | exception Unix.Unix_error (e, _, _) ->
        lost_device t (Unix.error_message e)

let listen t callback =
  if not t.connected then Lwt.return_unit
  else if t.listening <> None then
    Lwt.fail_invalid_arg ("Netif.listen: somebody listens to " ^ t.id ^ " already")
  else begin
    let stopped, stop = Lwt.wait () in
    (match t.link with
    | Frames_with_header _ -> Tap.leave_to_reader t.fd (Net_offload.is_accepted t.mac)
    | Frames | Packets _ -> ());
    let event =
      Lwt_engine.on_readable t.fd (fun _ -> receive t callback batch)
    in
    t.listening <- Some { callback; event; stop };
    stopped
  end

(* {2 Sending} *)

(* A frame that is none fails its writer. Any other trouble, such as an interface
   that is down, loses the frame, as a wire would. *)
let is_malformed = function Unix.EINVAL | EMSGSIZE -> true | _ -> false

(* The header is in use only while the frame is written. *)
let with_header header parts ~segment_size =
  match parts with
  | first :: _ ->
      let tcp, payload =
        if segment_size > 0 then Net_offload.tcp_header first else (0, 0)
      in
      let length = Cstruct.lenv parts - payload in
      let ipv6 = segment_size > 0 && Net_offload.is_ipv6 first in
      Tap.write_header header ~segment_size ~ipv6 ~tcp ~payload ~length;
      header :: parts
  | [] -> []

(* Not at once: the sender does not wait for it yet. *)
let answer t frame =
  Lwt.async (fun () ->
      Lwt.pause () >|= fun () ->
      Option.iter (fun { callback; _ } -> deliver t callback frame) t.listening)

let try_write t parts ~segment_size () =
  let write octets =
    match Fd.write_packet t.fd octets with
    | None -> false
    | Some _ ->
        count_sent t (Cstruct.lenv parts);
        true
    | exception Unix.Unix_error (e, _, _) when not (is_malformed e) -> true
  in
  match t.link with
  | Frames -> write parts
  | Frames_with_header header -> write (with_header header parts ~segment_size)
  | Packets link -> (
      match Ip_link.send link parts with
      | Packet octets -> write octets
      | Nothing -> true
      | Answer frame ->
          answer t frame;
          true)

let writev t parts =
  if not t.connected then Lwt.return_unit
  else
    let segment_size = Net_offload.segment_size parts in
    let written = Writer.write t.writer (try_write t parts ~segment_size) in
    match Lwt.state written with
    | Lwt.Return () -> written
    | Lwt.Sleep | Lwt.Fail _ ->
        Lwt.catch
          (fun () -> written)
          (fun e -> if t.connected then Lwt.fail e else Lwt.return_unit)

let write t frame = writev t [ frame ]

(* {2 Connecting} *)

let unknown fmt = Printf.ksprintf (fun text -> Error (`Unknown text)) fmt

let how_to_start =
  "start the program with `mirage run`, which opens a TAP device and hands it \
   over, or set MIRAGE_NETS to NAME=FD, FD being the descriptor of an open TAP \
   device"

let descriptor name =
  match Handover.find "MIRAGE_NETS" name with
  | Absent ->
      unknown "no network device was handed over as %S: %s" name how_to_start
  | Others names ->
      unknown "no network device was handed over as %S, only %s: %s" name
        (String.concat ", " names) how_to_start
  | Found value -> (
      match int_of_string_opt value with
      | Some fd when fd >= 0 -> Ok (Fd.of_int fd)
      | _ ->
          unknown "MIRAGE_NETS has %S for the device %S, which is no descriptor"
            value name)

(* Stable for the life of the process, and not the address of the host's side. *)
let derived_mac name =
  let digest = Digest.string (Printf.sprintf "%s %d" name (Unix.getpid ())) in
  let octets = Bytes.of_string (String.sub digest 0 6) in
  (* IEEE 802, section 8.4: locally administered, and of one station. *)
  Bytes.set_uint8 octets 0 (Bytes.get_uint8 octets 0 land 0xfc lor 0x02);
  Macaddr.of_octets_exn (Bytes.to_string octets)

let mac_of name =
  match Handover.find "MIRAGE_MACS" name with
  | Absent | Others _ -> Ok (derived_mac name)
  | Found value -> (
      match Macaddr.of_string value with
      | Ok mac when Macaddr.is_unicast mac -> Ok mac
      | Ok _ ->
          unknown "MIRAGE_MACS gives %s to the device %S: a multicast address"
            value name
      | Error _ ->
          unknown "MIRAGE_MACS gives %S to the device %S: no MAC address" value
            name)

let adopt name fd =
  try
    Unix.set_close_on_exec fd;
    Unix.set_nonblock fd;
    Ok (Lwt_unix.of_unix_file_descr ~blocking:false ~set_flags:false fd)
  with Unix.Unix_error (e, _, _) ->
    unknown "the descriptor handed over for the network device %S is unusable: %s"
      name (Unix.error_message e)

let create id =
  let ( let* ) = Result.bind in
  let* fd = descriptor id in
  let* mac = mac_of id in
  let* lwt_fd = adopt id fd in
  let kind = Tap.kind fd in
  let link =
    match kind with
    | Ethernet -> Frames
    | Ethernet_offload -> Frames_with_header (Cstruct.create Tap.header_length)
    | Ip | Ip_family -> Packets (Ip_link.create kind (Macaddr.to_octets mac))
  in
  if kind = Ethernet_offload then
    Net_offload.offer mac { checksum = true; largest = 65_535 };
    Net_offload.offer_ipv6 mac;
  Ok
    {
      id;
      mac;
      fd;
      lwt_fd;
      link;
      writer = Writer.create lwt_fd;
      received = Slab.create ();
      stats = { rx_bytes = 0L; rx_pkts = 0l; tx_bytes = 0L; tx_pkts = 0l };
      listening = None;
      connected = true;
    }

let connect id =
  match Hashtbl.find_opt devices id with
  | Some t -> Lwt.return (`Ok t)
  | None -> (
      match create id with
      | Ok t ->
          Hashtbl.add devices id t;
          Lwt.return (`Ok t)
      | Error e -> Lwt.return (`Error e))
