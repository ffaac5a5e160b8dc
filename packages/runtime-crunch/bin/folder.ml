(* SPDX-License-Identifier: ISC *)

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

let files ~except folder =
  let excepted =
    match Unix.stat except with
    | status -> Some (identity status)
    | exception Unix.Unix_error _ -> None
  in
  let found = ref [] in
  let rec visit ~above key path =
    let status = Problem.on_path path (fun () -> Unix.stat path) in
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
