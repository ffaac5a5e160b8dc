(* SPDX-License-Identifier: ISC *)

open Lwt_result.Syntax

(* A part of the table in memory. It is written whole if it is dirty. *)
type block = { content : Cstruct.t; mutable dirty : bool }

type 'e t = {
  device : 'e Fat_device.t;
  geometry : Fat_geometry.t;
  blocks : (int, block) Hashtbl.t;
  mutable hint : int;  (** where to look for a free cluster first *)
  mutable summary : int option;  (** free clusters on the device *)
  mutable freed : int;  (** how many more there are with the changes *)
  mutable cursor : cursor option;
}

(* The cluster found last in a chain, so that reading on need not start over. *)
and cursor = { first : int; index : int; cluster : int }

let block_length = 4096

(* Blocks in memory between operations: the table of 4 GiB of FAT32. *)
let most_blocks = 1024
let longest_run = 262_144
let damaged what = Lwt.return (Error (`Unknown_error ("the file system is damaged: " ^ what)))

let summary_signatures = [ (0, 0x4161_5252l); (484, 0x6141_7272l); (508, 0xaa55_0000l) ]

let load (device : _ Fat_device.t) (geometry : Fat_geometry.t) =
  let+ summary =
    match geometry.summary with
    | None -> Lwt_result.return None
    | Some offset ->
        let+ sector = device.read offset 512 in
        let free = Int32.to_int (Cstruct.LE.get_uint32 sector 488) in
        let is_signed (at, signature) =
          Cstruct.LE.get_uint32 sector at = signature
        in
        if
          List.for_all is_signed summary_signatures
          && free >= 0
          && free <= geometry.clusters
        then Some free
        else None
  in
  {
    device;
    geometry;
    blocks = Hashtbl.create 64;
    hint = 2;
    summary;
    freed = 0;
    cursor = None;
  }

let table t = List.hd t.geometry.tables
let block_size t index = min block_length (t.geometry.table_length - (index * block_length))

let block t index =
  match Hashtbl.find_opt t.blocks index with
  | Some block -> Lwt_result.return block
  | None ->
      let+ content =
        t.device.read (table t + (index * block_length)) (block_size t index)
      in
      let block = { content; dirty = false } in
      Hashtbl.replace t.blocks index block;
      block

let get8 t offset =
  let+ { content; _ } = block t (offset / block_length) in
  Cstruct.get_uint8 content (offset mod block_length)

let set8 t offset value =
  let+ block = block t (offset / block_length) in
  Cstruct.set_uint8 block.content (offset mod block_length) value;
  block.dirty <- true

(* Entries of 16 and 32 bits lie within one block. *)
let get_raw t cluster =
  match t.geometry.kind with
  | Fat12 ->
      let offset = cluster + (cluster / 2) in
      let* low = get8 t offset in
      let+ high = get8 t (offset + 1) in
      let pair = low lor (high lsl 8) in
      if cluster land 1 = 0 then pair land 0xfff else pair lsr 4
  | Fat16 ->
      let offset = cluster * 2 in
      let+ { content; _ } = block t (offset / block_length) in
      Cstruct.LE.get_uint16 content (offset mod block_length)
  | Fat32 ->
      let offset = cluster * 4 in
      let+ { content; _ } = block t (offset / block_length) in
      Int32.to_int (Cstruct.LE.get_uint32 content (offset mod block_length))
      land 0x0fff_ffff

let set_raw t cluster value =
  match t.geometry.kind with
  | Fat12 ->
      let offset = cluster + (cluster / 2) in
      let* low = get8 t offset in
      let* high = get8 t (offset + 1) in
      let low, high =
        if cluster land 1 = 0 then
          (value land 0xff, high land 0xf0 lor (value lsr 8))
        else (low land 0x0f lor ((value lsl 4) land 0xf0), value lsr 4)
      in
      let* () = set8 t offset low in
      set8 t (offset + 1) high
  | Fat16 ->
      let offset = cluster * 2 in
      let+ block = block t (offset / block_length) in
      Cstruct.LE.set_uint16 block.content (offset mod block_length) value;
      block.dirty <- true
  | Fat32 ->
      (* The upper four bits are reserved and keep their value. *)
      let offset = cluster * 4 in
      let+ block = block t (offset / block_length) in
      let offset = offset mod block_length in
      let old = Cstruct.LE.get_uint32 block.content offset in
      Cstruct.LE.set_uint32 block.content offset
        (Int32.logor (Int32.logand old 0xf000_0000l) (Int32.of_int value));
      block.dirty <- true

let end_of_chain t =
  match t.geometry.kind with
  | Fat12 -> 0xfff
  | Fat16 -> 0xffff
  | Fat32 -> 0x0fff_ffff

let set t cluster value =
  t.cursor <- None;
  let* old = get_raw t cluster in
  (match (old = 0, value = 0) with
  | true, false -> t.freed <- t.freed - 1
  | false, true -> t.freed <- t.freed + 1
  | true, true | false, false -> ());
  set_raw t cluster value

let next t cluster =
  if not (Fat_geometry.is_cluster t.geometry cluster) then
    damaged (Printf.sprintf "there is no cluster %d" cluster)
  else
    let* value = get_raw t cluster in
    if Fat_geometry.is_cluster t.geometry value then Lwt_result.return (Some value)
    else if value >= end_of_chain t - 7 then Lwt_result.return None
    else damaged (Printf.sprintf "cluster %d leads to %d" cluster value)

let start t first =
  match t.cursor with
  | Some cursor when cursor.first = first -> cursor
  | Some _ | None -> { first; index = 0; cluster = first }

let remember t cursor = t.cursor <- Some cursor

let last t ~most first =
  let rec walk cursor =
    if cursor.index >= min most t.geometry.clusters then
      damaged "a chain is too long or a circle"
    else
      let* following = next t cursor.cluster in
      match following with
      | Some cluster -> walk { cursor with index = cursor.index + 1; cluster }
      | None ->
          remember t cursor;
          Lwt_result.return (cursor.cluster, cursor.index + 1)
  in
  walk (start t first)

(* The cluster number [index] of a chain. *)
let nth t first index =
  let rec walk cursor =
    if cursor.index = index then (
      remember t cursor;
      Lwt_result.return cursor.cluster)
    else
      let* following = next t cursor.cluster in
      match following with
      | Some cluster -> walk { cursor with index = cursor.index + 1; cluster }
      | None -> damaged "a chain is shorter than its file"
  in
  let cursor = start t first in
  walk (if cursor.index <= index then cursor else { first; index = 0; cluster = first })

let runs t ~first ~offset ~length =
  let { Fat_geometry.cluster = size; _ } = t.geometry in
  (* [found] has the latest first. *)
  let add found (start, length) =
    match found with
    | (before, n) :: rest when before + n = start && n + length <= longest_run ->
        (before, n + length) :: rest
    | _ -> (start, length) :: found
  in
  let rec collect found offset length =
    if length = 0 then Lwt_result.return (List.rev found)
    else
      let* cluster = nth t first (offset / size) in
      if not (Fat_geometry.is_cluster t.geometry cluster) then
        damaged (Printf.sprintf "there is no cluster %d" cluster)
      else
        let within = offset mod size in
        let taken = min length (size - within) in
        let start = Fat_geometry.offset_of_cluster t.geometry cluster + within in
        collect (add found (start, taken)) (offset + taken) (length - taken)
  in
  collect [] offset length

let find_free t =
  let { Fat_geometry.clusters; _ } = t.geometry in
  let rec search tried =
    if tried = clusters then Lwt.return (Error `No_space)
    else
      let cluster = 2 + ((t.hint - 2 + tried) mod clusters) in
      let* value = get_raw t cluster in
      if value = 0 then (
        t.hint <- 2 + ((cluster - 1) mod clusters);
        Lwt_result.return cluster)
      else search (tried + 1)
  in
  search 0

let extend t ~after count =
  let rec append before first remaining =
    if remaining = 0 then Lwt_result.return (Option.get first)
    else
      let* cluster = find_free t in
      let* () = set t cluster (end_of_chain t) in
      let* () =
        match before with
        | None -> Lwt_result.return ()
        | Some before -> set t before cluster
      in
      let first = if first = None then Some cluster else first in
      append (Some cluster) first (remaining - 1)
  in
  append after None count

let free t first =
  let rec from cluster =
    if not (Fat_geometry.is_cluster t.geometry cluster) then Lwt_result.return ()
    else
      let* following = get_raw t cluster in
      if following = 0 then Lwt_result.return ()
      else
        let* () = set t cluster 0 in
        t.hint <- min t.hint cluster;
        from following
  in
  from first

let rec each f = function
  | [] -> Lwt_result.return ()
  | x :: rest ->
      let* () = f x in
      each f rest

let write_block t (index, block) =
  let* () =
    each
      (fun table -> t.device.write (table + (index * block_length)) block.content)
      t.geometry.tables
  in
  block.dirty <- false;
  Lwt_result.return ()

let write_summary t =
  match (t.geometry.summary, t.summary) with
  | Some offset, Some free when t.freed <> 0 ->
      let fields = Cstruct.create 8 in
      let free = max 0 (min t.geometry.clusters (free + t.freed)) in
      Cstruct.LE.set_uint32 fields 0 (Int32.of_int free);
      Cstruct.LE.set_uint32 fields 4 (Int32.of_int t.hint);
      let+ () = t.device.write (offset + 488) fields in
      t.summary <- Some free;
      t.freed <- 0
  | _ ->
      t.freed <- 0;
      Lwt_result.return ()

let flush t =
  let dirty =
    Hashtbl.fold
      (fun index block found -> if block.dirty then (index, block) :: found else found)
      t.blocks []
  in
  let* () = each (write_block t) (List.sort (fun (a, _) (b, _) -> Int.compare a b) dirty) in
  let+ () = write_summary t in
  if Hashtbl.length t.blocks > most_blocks then Hashtbl.reset t.blocks

let discard t =
  let stale =
    Hashtbl.fold
      (fun index block found -> if block.dirty then index :: found else found)
      t.blocks []
  in
  List.iter (Hashtbl.remove t.blocks) stale;
  t.freed <- 0;
  t.cursor <- None;
  t.hint <- 2
