(* SPDX-License-Identifier: ISC *)

type links = Inside | Anywhere

(* What the system knows a folder by, whatever path led to it. *)
type identity = { device : int; inode : int }

let identity { Unix.st_dev; st_ino; _ } = { device = st_dev; inode = st_ino }

let entries path =
  Problem.on_path path (fun () ->
      let handle = Unix.opendir path in
      Fun.protect
        ~finally:(fun () -> Unix.closedir handle)
        (fun () ->
          let rec read names =
            match Unix.readdir handle with
            | "." | ".." -> read names
            | name -> read (name :: names)
            | exception End_of_file -> names
          in
          read []))

let is_within ~root path =
  root = "/" || path = root || String.starts_with ~prefix:(root ^ "/") path

(* Whether a path that leads down from the working directory by its words, but
   not by its links. *)
let leaves_by_link folder =
  Filename.is_relative folder
  && (not (List.mem ".." (String.split_on_char '/' folder)))
  && not (is_within ~root:(Unix.realpath ".") (Unix.realpath folder))

(* A function that refuses a link out of the folder. *)
let check_link links folder =
  match links with
  | Anywhere -> fun _ -> ()
  | Inside ->
      let outside = "the link leads out of the folder; --links outside allows it" in
      if leaves_by_link folder then Problem.failf "%s: %s" folder outside;
      let root = Unix.realpath folder in
      fun path ->
        if
          (Unix.lstat path).st_kind = S_LNK
          && not (is_within ~root (Unix.realpath path))
        then Problem.failf "%s: %s" path outside

let files ~links ~except folder =
  let excepted =
    match Unix.stat except with
    | status -> Some (identity status)
    | exception Unix.Unix_error _ -> None
  in
  let check_link =
    Problem.on_path folder (fun () -> check_link links folder)
  in
  let found = ref [] in
  let rec visit ~above key path =
    let status =
      Problem.on_path path (fun () ->
          check_link path;
          Unix.stat path)
    in
    match status.st_kind with
    | S_REG ->
        found := { Entry.key; content = File path; size = status.st_size } :: !found
    | S_DIR -> visit_folder ~above key path (identity status)
    | S_CHR | S_BLK | S_LNK | S_FIFO | S_SOCK ->
        Problem.failf "%s: neither a file nor a folder" path
  and visit_folder ~above key path itself =
    if List.mem itself above then
      Problem.failf "%s: the link leads to a folder above itself" path;
    if excepted = Some itself then
      Problem.failf "%s: the output folder is inside the folder to read" path;
    let child name =
      let key = if key = "" then name else key ^ "/" ^ name in
      visit ~above:(itself :: above) key (Filename.concat path name)
    in
    List.iter child (entries path)
  in
  let root = Problem.on_path folder (fun () -> Unix.stat folder) in
  if root.st_kind <> S_DIR then Problem.failf "%s: not a folder" folder;
  visit_folder ~above:[] "" folder (identity root);
  !found
