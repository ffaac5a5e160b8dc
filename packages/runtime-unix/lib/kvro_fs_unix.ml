(* SPDX-License-Identifier: ISC *)

open Lwt.Infix
open Mirage_runtime_unix_io

type 'a io = 'a Lwt.t
type page_aligned_buffer = Cstruct.t
type error = Unknown_key of string
type id = string
type t = { id : id; root : string }

let id t = t.id
let disconnect _ = Lwt.return_unit

let connect id =
  match Unix.realpath id with
  | root when Sys.is_directory root -> Lwt.return (`Ok { id; root })
  | _ | (exception Unix.Unix_error _) ->
      Lwt.return (`Error (Unknown_key id))

(* The real path behind [key], if it is one below the folder: a key has no way up,
   neither by [..] nor by a symbolic link. *)
let path_of t key =
  let names = String.split_on_char '/' key in
  if List.mem ".." names || String.contains key '\000' then None
  else
    match Unix.realpath (Filename.concat t.root key) with
    | path ->
        let below = if t.root = "/" then "/" else t.root ^ "/" in
        if String.starts_with ~prefix:below path then Some path else None
    | exception Unix.Unix_error _ -> None

(* O_NONBLOCK: opening a named pipe must not wait for its writer. *)
let open_file path =
  let fd = Unix.openfile path [ O_RDONLY; O_NONBLOCK; O_CLOEXEC ] 0 in
  match Unix.LargeFile.fstat fd with
  | { st_kind = S_REG; st_size; _ } -> Some (fd, Int64.to_int st_size)
  | _ ->
      Unix.close fd;
      None
  | exception e ->
      Unix.close fd;
      raise e

(* [use] gets a descriptor that is open until its result is there, and the size. *)
let with_file t key use =
  let unknown = `Error (Unknown_key key) in
  match Option.bind (path_of t key) open_file with
  | None | (exception Unix.Unix_error _) -> Lwt.return unknown
  | Some (fd, size) ->
      Lwt.catch
        (fun () ->
          Lwt.finalize
            (fun () -> use fd size >|= fun x -> `Ok x)
            (fun () ->
              Unix.close fd;
              Lwt.return_unit))
        (function
          | Unix.Unix_error _ -> Lwt.return unknown
          | e -> Lwt.fail e)

let size t key =
  with_file t key (fun _ size -> Lwt.return (Int64.of_int size))

let piece = 64 * 1024

let rec buffers_for length =
  if length <= 0 then []
  else Cstruct.create_unsafe (min length piece) :: buffers_for (length - piece)

(* The first [length] bytes of [buffers]. *)
let rec prefix length = function
  | buffer :: rest when length > 0 ->
      let taken = min length (Cstruct.length buffer) in
      Cstruct.sub buffer 0 taken :: prefix (length - taken) rest
  | _ -> []

let read t key offset length =
  if offset < 0 || length < 0 then
    Lwt.fail_invalid_arg "Kvro_fs_unix.read: negative offset or length"
  else
    with_file t key (fun fd size ->
        let available = max 0 (size - offset) in
        let buffers = buffers_for (min length available) in
        File.preadv fd buffers offset >|= fun n ->
        prefix n buffers)
