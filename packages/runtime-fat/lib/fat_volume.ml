(* SPDX-License-Identifier: ISC *)

open Lwt_result.Syntax

type folder = Root | Cluster of int

type 'e t = {
  device : 'e Fat_device.t;
  geometry : Fat_geometry.t;
  table : 'e Fat_table.t;
  folders : (folder, Fat_folder.t) Hashtbl.t;  (** those read last *)
}

(* A folder has up to 2 MiB. *)
let most_folders = 8

let fail error = Lwt.return (Error error)
let failf format = Printf.ksprintf (fun text -> fail (`Unknown_error text)) format

let mount (device : _ Fat_device.t) =
  let length = min device.size Fat_geometry.boot_length in
  let* boot = device.read 0 length in
  match Fat_geometry.of_boot_sector ~size:device.size boot with
  | Error why -> fail (`Format_not_recognised why)
  | Ok geometry ->
      let+ table = Fat_table.load device geometry in
      { device; geometry; table; folders = Hashtbl.create most_folders }

let rec each f = function
  | [] -> Lwt_result.return ()
  | x :: rest ->
      let* () = f x in
      each f rest

let longest_write = 262_144

let write_zeros (device : _ Fat_device.t) (offset, length) =
  let zeros = Cstruct.create (min length longest_write) in
  let rec from offset remaining =
    if remaining = 0 then Lwt_result.return ()
    else
      let n = min remaining longest_write in
      let* () = device.write offset (Cstruct.sub zeros 0 n) in
      from (offset + n) (remaining - n)
  in
  from offset length

let format (device : _ Fat_device.t) size =
  if size > device.size then fail `No_space
  else
    match Fat_geometry.layout ~size ~sector:device.sector with
    | Error why -> failf "%s" why
    | Ok { geometry; reserved; clean; table_start } ->
        (* Until the new boot sector is written, last, there is no file system. *)
        let* () = write_zeros device (0, Fat_geometry.boot_length) in
        let* () = each (write_zeros device) clean in
        let* () =
          each (fun table -> device.write table table_start) geometry.tables
        in
        each (fun (offset, sector) -> device.write offset sector) reserved

let clusters_for t length = Fat_geometry.divide_up length t.geometry.cluster

(* {1 Folders} *)

let parts path =
  let step found = function
    | "" | "." -> found
    | ".." -> ( match found with [] -> [] | _ :: above -> above)
    | part -> part :: found
  in
  List.rev (List.fold_left step [] (String.split_on_char '/' path))

let chain_of t = function
  | Cluster first -> Some first
  | Root -> (
      match t.geometry.root with Fixed _ -> None | Chain first -> Some first)

(* Where a part of a folder lies on the device. *)
let runs_of t folder ~offset ~length =
  match (chain_of t folder, t.geometry.root) with
  | Some first, _ -> Fat_table.runs t.table ~first ~offset ~length
  | None, Fixed root -> Lwt_result.return [ (root.offset + offset, length) ]
  | None, Chain _ -> assert false

let length_of t folder =
  match (chain_of t folder, t.geometry.root) with
  | Some first, _ ->
      let most = clusters_for t Fat_directory.longest in
      let+ _, clusters = Fat_table.last t.table ~most first in
      clusters * t.geometry.cluster
  | None, Fixed root -> Lwt_result.return root.length
  | None, Chain _ -> assert false

let rec read_runs t = function
  | [] -> Lwt_result.return []
  | (offset, length) :: rest ->
      let* first = t.device.read offset length in
      let+ others = read_runs t rest in
      first :: others

let read_folder t folder =
  let* length = length_of t folder in
  let* runs = runs_of t folder ~offset:0 ~length in
  let+ buffers = read_runs t runs in
  let content = match buffers with [ one ] -> one | several -> Cstruct.concat several in
  Fat_folder.of_content ~wide:(t.geometry.kind = Fat32) content

let content_of t folder =
  match Hashtbl.find_opt t.folders folder with
  | Some content -> Lwt_result.return content
  | None ->
      let+ content = read_folder t folder in
      if Hashtbl.length t.folders >= most_folders then Hashtbl.reset t.folders;
      Hashtbl.replace t.folders folder content;
      content

(* Writes [data] over the octets of a chain or folder that lie at [runs]. *)
let rec write_runs t runs data =
  match runs with
  | [] -> Lwt_result.return ()
  | (offset, length) :: rest ->
      let* () = t.device.write offset (Cstruct.sub data 0 length) in
      write_runs t rest (Cstruct.shift data length)

let write_folder t folder content (offset, data) =
  let* runs = runs_of t folder ~offset ~length:(Cstruct.length data) in
  let+ () = write_runs t runs data in
  Fat_folder.change content offset data

(* {1 Paths} *)

type file = {
  folder : folder;
  content : Fat_folder.t;
  entry : Fat_directory.entry;
}

type node = Folder of folder * file option | File of file

let missing folder name = fail (`No_directory_entry (folder, name))

let folder_of_entry t ({ cluster; name; _ } : Fat_directory.entry) =
  if Fat_geometry.is_cluster t.geometry cluster then
    Lwt_result.return (Cluster cluster)
  else failf "the file system is damaged: the folder %s has no content" name

let rec walk t path folder file = function
  | [] -> Lwt_result.return (Folder (folder, file))
  | name :: rest -> (
      let* content = content_of t folder in
      match (Fat_folder.find content name, rest) with
      | None, _ -> missing path name
      | Some entry, _ when entry.directory ->
          let* below = folder_of_entry t entry in
          walk t (Filename.concat path name) below (Some { folder; content; entry }) rest
      | Some entry, [] -> Lwt_result.return (File { folder; content; entry })
      | Some _, _ :: _ -> fail (`Not_a_directory (Filename.concat path name)))

let lookup t path = walk t "/" Root None (parts path)

let file t path =
  let* node = lookup t path in
  match node with
  | File file -> Lwt_result.return file
  | Folder _ -> fail (`Is_a_directory path)

let folder t path =
  let* node = lookup t path in
  match node with
  | Folder (folder, _) -> Lwt_result.return folder
  | File _ -> fail (`Not_a_directory path)

type stat = { filename : string; read_only : bool; directory : bool; size : int }

let stat t path =
  let describe (entry : Fat_directory.entry) size =
    {
      filename = entry.name;
      read_only = entry.read_only || not t.device.writable;
      directory = entry.directory;
      size;
    }
  in
  let* node = lookup t path in
  match node with
  | File { entry; _ } -> Lwt_result.return (describe entry entry.size)
  | Folder (folder, Some { entry; _ }) ->
      let+ size = length_of t folder in
      describe entry size
  | Folder (folder, None) ->
      let+ size = length_of t folder in
      {
        filename = "/";
        read_only = not t.device.writable;
        directory = true;
        size;
      }

let listdir t path =
  let* folder = folder t path in
  let+ content = content_of t folder in
  List.map
    (fun (entry : Fat_directory.entry) -> entry.name)
    (Fat_folder.entries content)

(* {1 Changes} *)

(* What fails leaves no half change of the table or of a folder in memory. *)
let changing t change =
  let forget () =
    Fat_table.discard t.table;
    Hashtbl.reset t.folders
  in
  Lwt.try_bind change
    (fun result ->
      if Result.is_error result then forget ();
      Lwt.return result)
    (fun exn ->
      forget ();
      Lwt.fail exn)

(* Makes a folder at least [length] octets long, with zeros. *)
let lengthen t folder content length =
  let current = Cstruct.length (Fat_folder.content content) in
  if length <= current then Lwt_result.return ()
  else if length > Fat_directory.longest then fail `No_space
  else
    match chain_of t folder with
    | None -> fail `No_space
    | Some first ->
        let most = clusters_for t Fat_directory.longest in
        let* last, _ = Fat_table.last t.table ~most first in
        let count = clusters_for t (length - current) in
        let* _ = Fat_table.extend t.table ~after:(Some last) count in
        let added = count * t.geometry.cluster in
        let* runs = Fat_table.runs t.table ~first ~offset:current ~length:added in
        let* () = each (write_zeros t.device) runs in
        let+ () = Fat_table.flush t.table in
        Fat_folder.lengthen content (current + added)

(* Room for a new entry: the folder that will hold it, and how to write it there. *)
let prepare t path ~directory =
  match List.rev (parts path) with
  | [] -> fail (`File_already_exists path)
  | name :: above -> (
      let* folder = folder t ("/" ^ String.concat "/" (List.rev above)) in
      let* content = content_of t folder in
      if Fat_folder.find content name <> None then
        fail (`File_already_exists path)
      else
        match Fat_folder.add content ~directory name with
        | Error why -> failf "no file can be called %S: %s" name why
        | Ok { offset; length; slots } ->
            let* () = lengthen t folder content (offset + length) in
            let write ~cluster =
              write_folder t folder content (offset, slots ~cluster)
            in
            Lwt_result.return (folder, write))

let create t path =
  changing t (fun () ->
      let* _, write_entry = prepare t path ~directory:false in
      write_entry ~cluster:0)

let mkdir t path =
  changing t (fun () ->
      let* above, write_entry = prepare t path ~directory:true in
      let* cluster = Fat_table.extend t.table ~after:None 1 in
      let start = Fat_geometry.offset_of_cluster t.geometry cluster in
      let parent = match above with Root -> 0 | Cluster parent -> parent in
      let* () = write_zeros t.device (start, t.geometry.cluster) in
      let* () = t.device.write start (Fat_directory.dots ~cluster ~parent) in
      let* () = Fat_table.flush t.table in
      write_entry ~cluster)

let refuse_read_only ({ name; read_only; _ } : Fat_directory.entry) =
  if read_only then failf "%s is read-only" name else Lwt_result.return ()

let remove t { folder; content; entry } =
  let* () = refuse_read_only entry in
  let slots = Fat_directory.remove (Fat_folder.content content) entry in
  let* () = write_folder t folder content slots in
  Hashtbl.remove t.folders (Cluster entry.cluster);
  let* () = Fat_table.free t.table entry.cluster in
  Fat_table.flush t.table

let destroy t path =
  changing t (fun () ->
      let* node = lookup t path in
      match node with
      | File file -> remove t file
      | Folder (_, None) -> failf "the root folder cannot be destroyed"
      | Folder (folder, Some file) ->
          let* content = content_of t folder in
          if Fat_folder.entries content = [] then remove t file
          else fail (`Directory_not_empty path))

(* {1 Contents} *)

let read t path offset length =
  let* { entry; _ } = file t path in
  let length = max 0 (min length (entry.size - offset)) in
  if length = 0 then Lwt_result.return []
  else
    let* runs = Fat_table.runs t.table ~first:entry.cluster ~offset ~length in
    read_runs t runs

let largest_file = Fat_uint32.largest

(* The first cluster of a file's chain, made long enough for [size] octets. *)
let reserve t (entry : Fat_directory.entry) size =
  let needed = clusters_for t size in
  let* after, existing =
    if entry.cluster = 0 then Lwt_result.return (None, 0)
    else
      let most = clusters_for t largest_file in
      let+ last, count = Fat_table.last t.table ~most entry.cluster in
      (Some last, count)
  in
  if needed <= existing then Lwt_result.return entry.cluster
  else
    let+ added = Fat_table.extend t.table ~after (needed - existing) in
    if existing = 0 then added else entry.cluster

let overwrite t { folder; content; entry } offset data =
  let size = max entry.size (offset + Cstruct.length data) in
  let* first = reserve t entry size in
  let runs ~offset ~length = Fat_table.runs t.table ~first ~offset ~length in
  let gap = max 0 (offset - entry.size) in
  let* gap_runs = runs ~offset:(offset - gap) ~length:gap in
  let* () = each (write_zeros t.device) gap_runs in
  let* data_runs = runs ~offset ~length:(Cstruct.length data) in
  let* () = write_runs t data_runs data in
  let* () = Fat_table.flush t.table in
  if size = entry.size then Lwt_result.return ()
  else
    Fat_directory.relocate (Fat_folder.content content) entry ~cluster:first ~size
    |> write_folder t folder content

let write t path offset data =
  changing t (fun () ->
      let* ({ entry; _ } as file) = file t path in
      let* () = refuse_read_only entry in
      if Cstruct.length data = 0 then Lwt_result.return ()
      else if Cstruct.length data > largest_file - offset then
        failf "a file on FAT has at most %d octets" largest_file
      else overwrite t file offset data)
