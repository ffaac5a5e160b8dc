(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_js_host

type 'a io = 'a Lwt.t
type page_aligned_buffer = Cstruct.t

type error =
  [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]

type id = string
type info = { read_write : bool; sector_size : int; size_sectors : int64 }

type t = {
  id : id;
  disk : Host.disk;
  info : info;
  mutable connected : bool;
  mutable in_flight : int;
  idle : unit Lwt_condition.t;
}

let sector_size = 512
let id t = t.id
let get_info t = Lwt.return t.info
let failed fmt = Printf.ksprintf (fun text -> Error (`Unknown text)) fmt

let attach id disk =
  let size = Int64.of_float (Host.disk_size disk) in
  let sector = Int64.of_int sector_size in
  if size = 0L then failed "%s: it is empty" id
  else if Int64.rem size sector <> 0L then
    failed "%s: %Ld bytes are not a whole number of %d-byte sectors" id size sector_size
  else
    let read_write = not (Host.disk_read_only disk) in
    let info = { read_write; sector_size; size_sectors = Int64.div size sector } in
    Ok { id; disk; info; connected = true; in_flight = 0; idle = Lwt_condition.create () }

let connect id =
  Lwt.return
    (match Host.open_disk id with
    | Error why -> `Error (`Unknown (id ^ ": " ^ why))
    | Ok disk -> (
        match attach id disk with
        | Ok t -> `Ok t
        | Error e ->
            Host.close_disk disk;
            `Error e))

let rec wait_idle t =
  if t.in_flight = 0 then Lwt.return_unit
  else Lwt_condition.wait t.idle >>= fun () -> wait_idle t

let disconnect t =
  if not t.connected then Lwt.return_unit
  else begin
    t.connected <- false;
    wait_idle t >|= fun () -> Host.close_disk t.disk
  end

let check t sector buffers =
  let length = Cstruct.lenv buffers in
  let sectors = Int64.of_int (length / sector_size) in
  let is_whole buffer = Cstruct.length buffer mod sector_size = 0 in
  if not t.connected then Error `Disconnected
  else if not (List.for_all is_whole buffers) then
    failed "%s: a buffer is not a multiple of %d bytes long" t.id sector_size
  else if
    sector < 0L
    || sector > t.info.size_sectors
    || sectors > Int64.sub t.info.size_sectors sector
  then
    failed "%s: sectors %Ld to %Ld are outside its %Ld sectors" t.id sector
      (Int64.pred (Int64.add sector sectors))
      t.info.size_sectors
  else Ok ()

let run t transfer =
  t.in_flight <- t.in_flight + 1;
  Lwt.finalize
    (fun () ->
      Lwt.catch
        (fun () -> transfer t.disk >|= fun () -> `Ok ())
        (function
          | Host.Failed why -> Lwt.return (`Error (`Unknown (t.id ^ ": " ^ why)))
          | e -> Lwt.fail e))
    (fun () ->
      t.in_flight <- t.in_flight - 1;
      if t.in_flight = 0 then Lwt_condition.broadcast t.idle ();
      Lwt.return_unit)

let position sector = Int64.to_float sector *. float_of_int sector_size

let read t sector buffers =
  match check t sector buffers with
  | Error e -> Lwt.return (`Error e)
  | Ok () -> run t (fun disk -> Host.disk_read disk (position sector) buffers)

let write t sector buffers =
  match check t sector buffers with
  | Error e -> Lwt.return (`Error e)
  | Ok () when not t.info.read_write -> Lwt.return (`Error `Is_read_only)
  | Ok () -> run t (fun disk -> Host.disk_write disk (position sector) buffers)

let flush t =
  if t.connected then run t Host.disk_flush else Lwt.return (`Error `Disconnected)
