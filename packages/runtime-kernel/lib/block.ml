(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_kernel_core

type 'a io = 'a Lwt.t
type page_aligned_buffer = Cstruct.t
type error = Block_device.error
type id = string

type info = Block_device.info = {
  read_write : bool;
  sector_size : int;
  size_sectors : int64;
}

type t = { id : id; device : Block_device.t; mutable connected : bool }

let id t = t.id
let get_info t = Lwt.return t.device.info
let to_result = function Ok x -> `Ok x | Error e -> `Error e

let check_range t sector sectors =
  let { size_sectors; _ } = t.device.info in
  if not t.connected then Error `Disconnected
  else if sectors < 0L || sector < 0L || sector > size_sectors || sectors > Int64.sub size_sectors sector
  then
    Error
      (`Unknown
        (Printf.sprintf "%s: sectors %Ld to %Ld are outside its %Ld sectors" t.id sector
           (Int64.pred (Int64.add sector sectors))
           size_sectors))
  else Ok ()

let check t sector buffers =
  let { sector_size; _ } = t.device.info in
  let is_whole buffer = Cstruct.length buffer mod sector_size = 0 in
  if t.connected && not (List.for_all is_whole buffers) then
    Error
      (`Unknown
        (Printf.sprintf "%s: a buffer is not a multiple of %d bytes long" t.id sector_size))
  else check_range t sector (Int64.of_int (Cstruct.lenv buffers / sector_size))

(* What a driver fails with names the device as the program does. *)
let named t = function
  | Error (`Unknown why) -> Error (`Unknown (t.id ^ ": " ^ why))
  | result -> result

let read t sector buffers =
  match check t sector buffers with
  | Error e -> Lwt.return (`Error e)
  | Ok () -> t.device.read sector buffers >|= fun result -> to_result (named t result)

let write t sector buffers =
  match check t sector buffers with
  | Error e -> Lwt.return (`Error e)
  | Ok () when not t.device.info.read_write -> Lwt.return (`Error `Is_read_only)
  | Ok () -> t.device.write sector buffers >|= fun result -> to_result (named t result)

let flush t =
  if t.connected then t.device.flush () >|= fun result -> to_result (named t result)
  else Lwt.return (`Error `Disconnected)

let discard t sector sectors =
  match check_range t sector sectors with
  | Error e -> Lwt.return (`Error e)
  | Ok () when not t.device.info.read_write -> Lwt.return (`Error `Is_read_only)
  | Ok () -> t.device.discard sector sectors >|= fun result -> to_result (named t result)

(* {2 Connecting} *)

let disks : (id, t) Hashtbl.t = Hashtbl.create 4

let forget t =
  t.connected <- false;
  Hashtbl.remove disks t.id

let disconnect t =
  if not t.connected then Lwt.return_unit
  else
    t.device.flush () >>= fun _ ->
    forget t;
    t.device.close ()

let lost t why =
  if t.connected then begin
    forget t;
    Devices.forget Block_device.all t.id;
    Report.line ("block " ^ t.id ^ ": the device is gone: " ^ why)
  end

let start id device =
  let t = { id; device; connected = true } in
  Hashtbl.replace disks id t;
  Lwt.on_success device.lost (lost t);
  t

(* A disk that [mirage image] has made: its identifier in the GUID partition table (UEFI
   Specification 2.10, section 5.3.2), whose header is in the second sector. *)
let boot_disk = "\xaf\xeb\xc9\xb0\xa3\x9f\x55\x41\x9c\x8f\x78\xad\x93\x2b\xb9\x31"

let is_boot_disk (device : Block_device.t) =
  let { Block_device.sector_size; size_sectors; _ } = device.info in
  if sector_size <> 512 || size_sectors < 2L then Lwt.return_false
  else
    let sector = Cstruct.create sector_size in
    device.read 1L [ sector ] >|= function
    | Ok () ->
        Cstruct.to_string ~len:8 sector = "EFI PART"
        && Cstruct.to_string ~off:56 ~len:16 sector = boot_disk
    | Error _ -> false

(* The disk that the kernel was started from is nobody's, unless somebody asks for it. *)
let rec open_disk id =
  Devices.open_device Block_device.all id >>= function
  | Error _ as refused -> Lwt.return refused
  | Ok device -> (
      is_boot_disk device >>= function
      | false -> Lwt.return (Ok device)
      | true -> (
          Devices.set_aside Block_device.all id >>= function
          | false -> Lwt.return (Ok device)
          | true -> device.close () >>= fun () -> open_disk id))

let connecting = Lwt_mutex.create ()

let connect id =
  Lwt_mutex.with_lock connecting @@ fun () ->
  match Hashtbl.find_opt disks id with
  | Some t -> Lwt.return (`Ok t)
  | None -> (
      open_disk id >|= function
      | Ok device -> `Ok (start id device)
      | Error why -> `Error (`Unknown why))
