(* SPDX-License-Identifier: ISC *)

(** A block device in memory, which holds only the sectors that are not all zeros, so
    that it may be of any size. *)

type 'a io = 'a Lwt.t
type page_aligned_buffer = Cstruct.t

type error =
  [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]

type info = { read_write : bool; sector_size : int; size_sectors : int64 }

type t = {
  info : info;
  sectors : (int64, string) Hashtbl.t;
  mutable writes_left : int;  (** sectors until the power fails *)
  mutable sectors_read : int;
  mutable slow : bool;  (** whether other threads run during an operation *)
}

type id = t

let create ?(sector_size = 512) ?(read_write = true) size =
  {
    info =
      {
        read_write;
        sector_size;
        size_sectors = Int64.of_int (size / sector_size);
      };
    sectors = Hashtbl.create 1024;
    writes_left = max_int;
    sectors_read = 0;
    slow = false;
  }

(** Another device with the same content and power. *)
let copy ?(read_write = true) t =
  {
    info = { t.info with read_write };
    sectors = Hashtbl.copy t.sectors;
    writes_left = max_int;
    sectors_read = 0;
    slow = false;
  }

let id t = t
let connect t = Lwt.return (`Ok t)
let disconnect _ = Lwt.return_unit
let get_info t = Lwt.return t.info

(* Calls [f] with each sector and its part of the buffers. *)
let each_sector t first buffers f =
  let size = t.info.sector_size in
  let sector = ref first in
  let visit buffer =
    if Cstruct.length buffer mod size <> 0 then
      invalid_arg "a buffer is not a whole number of sectors";
    for i = 0 to (Cstruct.length buffer / size) - 1 do
      if !sector < 0L || !sector >= t.info.size_sectors then
        invalid_arg "a sector outside the device";
      f !sector (Cstruct.sub buffer (i * size) size);
      sector := Int64.succ !sector
    done
  in
  List.iter visit buffers

let zeros t = String.make t.info.sector_size '\000'

let take_time t = if t.slow then Lwt.pause () else Lwt.return_unit

let read t first buffers =
  Lwt.bind (take_time t) @@ fun () ->
  each_sector t first buffers (fun sector part ->
      t.sectors_read <- t.sectors_read + 1;
      match Hashtbl.find_opt t.sectors sector with
      | None -> Cstruct.memset part 0
      | Some content ->
          Cstruct.blit_from_string content 0 part 0 t.info.sector_size);
  Lwt.return (`Ok ())

let store t sector content =
  if content = zeros t then Hashtbl.remove t.sectors sector
  else Hashtbl.replace t.sectors sector content

exception Power_failure

let write t first buffers =
  Lwt.bind (take_time t) @@ fun () ->
  if not t.info.read_write then Lwt.return (`Error `Is_read_only)
  else
    match
      each_sector t first buffers (fun sector part ->
          if t.writes_left = 0 then raise Power_failure;
          t.writes_left <- t.writes_left - 1;
          store t sector (Cstruct.to_string part))
    with
    | () -> Lwt.return (`Ok ())
    | exception Power_failure -> Lwt.return (`Error (`Unknown "power failure"))

(** [modify t sector f] changes a sector's content in place. *)
let modify t sector f =
  let content =
    Bytes.of_string (Option.value (Hashtbl.find_opt t.sectors sector) ~default:(zeros t))
  in
  f content;
  store t sector (Bytes.to_string content)

(** [extend path size] has a file end with an octet 0 that makes it [size] octets long. *)
let extend path size =
  let channel = open_out_gen [ Open_wronly; Open_creat; Open_binary ] 0o600 path in
  seek_out channel (size - 1);
  output_char channel '\000';
  close_out channel

(** [save t path] writes an image file, [load path] reads one. *)
let save t path =
  let channel = open_out_bin path in
  let size = t.info.sector_size in
  seek_out channel ((Int64.to_int t.info.size_sectors * size) - 1);
  output_char channel '\000';
  Hashtbl.iter
    (fun sector content ->
      seek_out channel (Int64.to_int sector * size);
      output_string channel content)
    t.sectors;
  close_out channel

let load ?(sector_size = 512) path =
  let channel = open_in_bin path in
  let t = create ~sector_size (in_channel_length channel) in
  for sector = 0 to Int64.to_int t.info.size_sectors - 1 do
    store t (Int64.of_int sector) (really_input_string channel sector_size)
  done;
  close_in channel;
  t
