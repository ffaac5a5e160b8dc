(* SPDX-License-Identifier: ISC *)

exception Differs

let rec read_fully fd buffer offset length =
  if length > 0 then
    match Unix.read fd buffer offset length with
    | 0 -> raise Differs
    | n -> read_fully fd buffer (offset + n) (length - n)

let with_file path flags f =
  let fd = Unix.openfile path (Unix.O_CLOEXEC :: flags) 0o666 in
  Fun.protect ~finally:(fun () -> Unix.close fd) (fun () -> f fd)

let holds path produce =
  let compare_with fd =
    let existing = ref Bytes.empty in
    produce (fun buffer n ->
        if Bytes.length !existing < n then existing := Bytes.create n;
        read_fully fd !existing 0 n;
        if Bytes.sub !existing 0 n <> Bytes.sub buffer 0 n then raise Differs);
    Unix.read fd (Bytes.create 1) 0 1 = 0
  in
  (* A link is replaced, whatever it leads to, and a pipe would never end. *)
  let is_file () = (Unix.lstat path).st_kind = S_REG in
  try is_file () && with_file path [ O_RDONLY ] compare_with with
  | Differs -> false
  | Unix.Unix_error ((ENOENT | EACCES | EISDIR), _, _) -> false

let rec write_fully fd buffer offset length =
  if length > 0 then
    let n = Unix.write fd buffer offset length in
    write_fully fd buffer (offset + n) (length - n)

let replace path produce =
  let temporary = Printf.sprintf "%s.%d.tmp" path (Unix.getpid ()) in
  (* What is there is left of another process, or a link that waits for this. *)
  (try Unix.unlink temporary with Unix.Unix_error (ENOENT, _, _) -> ());
  try
    with_file temporary [ O_WRONLY; O_CREAT; O_EXCL ] (fun fd ->
        produce (fun buffer n -> write_fully fd buffer 0 n));
    Unix.rename temporary path
  with error ->
    (try Unix.unlink temporary with Unix.Unix_error _ -> ());
    raise error

let write path produce =
  Problem.on_path path (fun () ->
      if not (holds path produce) then replace path produce)

(* Below the working directory, which may be somebody else's, no link leads on. *)
let rec refuse_links path =
  if Filename.is_relative path && path <> Filename.current_dir_name then (
    refuse_links (Filename.dirname path);
    match (Unix.lstat path).st_kind with
    | S_LNK -> Problem.failf "%s: a symbolic link, which is not followed" path
    | S_REG | S_DIR | S_CHR | S_BLK | S_FIFO | S_SOCK -> ()
    | exception Unix.Unix_error (ENOENT, _, _) -> ())

let rec make path =
  if not (Sys.file_exists path) then (
    make (Filename.dirname path);
    Problem.on_path path (fun () ->
        try Unix.mkdir path 0o777 with Unix.Unix_error (EEXIST, _, _) -> ()))
  else if not (Sys.is_directory path) then
    Problem.failf "%s: not a folder" path

let make_folder path =
  Problem.on_path path (fun () -> refuse_links path);
  make path
