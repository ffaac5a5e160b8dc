(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_unix_io

type 'a io = 'a Lwt.t
type page_aligned_buffer = Cstruct.t

type error =
  [ `Unknown of string | `Unimplemented | `Is_read_only | `Disconnected ]

type id = string
type info = { read_write : bool; sector_size : int; size_sectors : int64 }

type t = {
  id : id;
  fd : Unix.file_descr;
  info : info;
  mutable connected : bool;
  mutable in_flight : int;
  idle : unit Lwt_condition.t;
}

let sector_size = 512
let id t = t.id
let get_info t = Lwt.return t.info
let failed text = Error (`Unknown text)

let open_path path =
  let open_with flags = Unix.openfile path (O_CLOEXEC :: flags) 0 in
  match open_with [ O_RDWR ] with
  | fd -> (fd, true)
  | exception Unix.Unix_error ((EACCES | EROFS | EPERM), _, _) ->
      (open_with [ O_RDONLY ], false)

(* Who started the program may have opened it already, with a right that this process
   does not have. *)
let open_file path =
  match Handover.file path with
  | Some { descriptor; read_write } -> (descriptor, read_write)
  | None -> open_path path

let sectors_of path fd =
  match (Unix.LargeFile.fstat fd).st_kind with
  | S_REG | S_BLK ->
      let size = Unix.LargeFile.lseek fd 0L SEEK_END in
      let sector = Int64.of_int sector_size in
      if size = 0L then failed (path ^ ": it is empty")
      else if Int64.rem size sector <> 0L then
        failed
          (Printf.sprintf "%s: %Ld bytes are not a whole number of %d-byte sectors" path size
             sector_size)
      else Ok (Int64.div size sector)
  | _ -> failed (path ^ ": neither a file nor a block device")

(* The files that this program has locked, by device and inode, each with a descriptor
   that keeps the lock and the number of its connections. *)
let locked : (int * int, Unix.file_descr * int) Hashtbl.t = Hashtbl.create 4

let identity fd =
  let { Unix.LargeFile.st_dev; st_ino; _ } = Unix.LargeFile.fstat fd in
  (st_dev, st_ino)

let lock path fd ~exclusive =
  let file = identity fd in
  match Hashtbl.find_opt locked file with
  | Some (descriptor, connections) ->
      Ok (Hashtbl.replace locked file (descriptor, connections + 1))
  | None ->
      if File.try_lock fd ~exclusive then
        Ok (Hashtbl.replace locked file (Unix.dup ~cloexec:true fd, 1))
      else failed (path ^ ": another program has it open, and both would write")

let unlock fd =
  let file = identity fd in
  match Hashtbl.find_opt locked file with
  | Some (descriptor, 1) ->
      Hashtbl.remove locked file;
      Unix.close descriptor
  | Some (descriptor, connections) ->
      Hashtbl.replace locked file (descriptor, connections - 1)
  | None -> ()

let attach path =
  match open_file path with
  | exception Unix.Unix_error (e, _, _) ->
      failed (path ^ ": " ^ Unix.error_message e)
  | fd, read_write -> (
      let usable =
        Result.bind (sectors_of path fd) (fun sectors ->
            Result.map (fun () -> sectors) (lock path fd ~exclusive:read_write))
      in
      match usable with
      | Ok size_sectors ->
          Ok
            {
              id = path;
              fd;
              info = { read_write; sector_size; size_sectors };
              connected = true;
              in_flight = 0;
              idle = Lwt_condition.create ();
            }
      | Error _ as e ->
          Unix.close fd;
          e)

let to_result = function Ok x -> `Ok x | Error e -> `Error e
let connect path = Lwt.return (to_result (attach path))

let rec wait_idle t =
  if t.in_flight = 0 then Lwt.return_unit
  else Lwt_condition.wait t.idle >>= fun () -> wait_idle t

(* A thread must not find another file behind its descriptor. *)
let disconnect t =
  if not t.connected then Lwt.return_unit
  else begin
    t.connected <- false;
    wait_idle t >|= fun () ->
    unlock t.fd;
    Unix.close t.fd
  end

let check t sector buffers =
  let length = Cstruct.lenv buffers in
  let sectors = Int64.of_int (length / sector_size) in
  let is_whole buffer = Cstruct.length buffer mod sector_size = 0 in
  if not t.connected then Error `Disconnected
  else if not (List.for_all is_whole buffers) then
    failed
      (Printf.sprintf "%s: a buffer is not a multiple of %d bytes long" t.id
         sector_size)
  else if
    sector < 0L
    || sector > t.info.size_sectors
    || sectors > Int64.sub t.info.size_sectors sector
  then
    failed
      (Printf.sprintf "%s: sectors %Ld to %Ld are outside its %Ld sectors" t.id
         sector
         (Int64.pred (Int64.add sector sectors))
         t.info.size_sectors)
  else Ok length

let run t transfer sector buffers length =
  t.in_flight <- t.in_flight + 1;
  Lwt.finalize
    (fun () ->
      Lwt.try_bind
        (fun () -> transfer t.fd buffers (Int64.to_int sector * sector_size))
        (fun n ->
          if n = length then Lwt.return (`Ok ())
          else
            Lwt.return
              (`Error (`Unknown (t.id ^ ": the file has become shorter"))))
        (function
          | Unix.Unix_error (e, _, _) ->
              let text = t.id ^ ": " ^ Unix.error_message e in
              Lwt.return (`Error (`Unknown text))
          | e -> Lwt.fail e))
    (fun () ->
      t.in_flight <- t.in_flight - 1;
      if t.in_flight = 0 then Lwt_condition.broadcast t.idle ();
      Lwt.return_unit)

let read t sector buffers =
  match check t sector buffers with
  | Error e -> Lwt.return (`Error e)
  | Ok length -> run t File.preadv sector buffers length

let write t sector buffers =
  match check t sector buffers with
  | Error e -> Lwt.return (`Error e)
  | Ok _ when not t.info.read_write -> Lwt.return (`Error `Is_read_only)
  | Ok length -> run t File.pwritev sector buffers length

let sync fd _ _ =
  Lwt_unix.fdatasync (Lwt_unix.of_unix_file_descr ~blocking:true ~set_flags:false fd)
  >|= fun () -> 0

let flush t =
  if t.connected then run t sync 0L [] 0 else Lwt.return (`Error `Disconnected)
