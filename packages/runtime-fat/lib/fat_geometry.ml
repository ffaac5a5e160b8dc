(* SPDX-License-Identifier: ISC *)

type kind = Fat12 | Fat16 | Fat32

type root =
  | Fixed of { offset : int; length : int }
  | Chain of int

type t = {
  kind : kind;
  cluster : int;
  clusters : int;
  data : int;
  table_length : int;
  tables : int list;
  root : root;
  summary : int option;
}

let boot_length = 512
let bits = function Fat12 -> 12 | Fat16 -> 16 | Fat32 -> 32

(* The numbers of clusters that make a file system FAT12, FAT16 or FAT32. *)
let most_clusters = function
  | Fat12 -> 4084
  | Fat16 -> 65524
  | Fat32 -> 0x0fff_fff4

let fewest_clusters = function Fat12 -> 1 | Fat16 -> 4085 | Fat32 -> 65525
let directory_entry = 32

(* The octets' bits by those of an entry, without a number beyond those. *)
let entries_in octets kind =
  let bits = bits kind in
  (octets / bits * 8) + (octets mod bits * 8 / bits)

let is_cluster t cluster = cluster >= 2 && cluster < t.clusters + 2
let offset_of_cluster t cluster = t.data + ((cluster - 2) * t.cluster)
let is_power_of_two n = n > 0 && n land (n - 1) = 0
let divide_up n d = (n / d) + if n mod d = 0 then 0 else 1

let get8 = Cstruct.get_uint8
let get16 = Cstruct.LE.get_uint16
let get32 boot offset = Fat_uint32.to_int (Cstruct.LE.get_uint32 boot offset)

let ( let* ) = Result.bind
let require condition why = if condition then Ok () else Error why

let of_boot_sector ~size boot =
  let* () = require (Cstruct.length boot >= boot_length) "the device is too small" in
  let sector = get16 boot 11 and sectors_per_cluster = get8 boot 13 in
  let reserved = get16 boot 14 and copies = get8 boot 16 in
  let root_length = get16 boot 17 * directory_entry in
  let small_total = get16 boot 19 and small_table = get16 boot 22 in
  let total = if small_total > 0 then small_total else get32 boot 32 in
  let table = if small_table > 0 then small_table else get32 boot 36 in
  let* () = require (get16 boot 510 = 0xaa55) "there is no boot sector" in
  let* () =
    require
      (List.mem sector [ 512; 1024; 2048; 4096 ]
      && is_power_of_two sectors_per_cluster
      && reserved > 0 && copies > 0 && table > 0 && total > 0)
      "the boot sector is not one of a FAT file system"
  in
  let* () =
    require (total <= size / sector && table <= total) "the file system is larger than its device"
  in
  let tables_end = reserved + (copies * table) in
  let data = tables_end + divide_up root_length sector in
  let count = (total - data) / sectors_per_cluster in
  let* () = require (total > data && count > 0) "there is no room for data" in
  let kind =
    if small_table = 0 then Fat32
    else if count <= most_clusters Fat12 then Fat12
    else Fat16
  in
  let table_length = table * sector in
  let clusters =
    min (min count (most_clusters kind)) (entries_in table_length kind - 2)
  in
  let* () = require (clusters > 0) "the table is too small" in
  let table_at i = (reserved + (i * table)) * sector in
  let geometry =
    {
      kind;
      cluster = sectors_per_cluster * sector;
      clusters;
      data = data * sector;
      table_length;
      tables = List.init copies table_at;
      root = Fixed { offset = tables_end * sector; length = root_length };
      summary = None;
    }
  in
  match kind with
  | Fat12 | Fat16 ->
      let* () = require (root_length > 0) "there is no root folder" in
      Ok geometry
  | Fat32 ->
      let flags = get16 boot 40 and root = get32 boot 44 in
      let summary = get16 boot 48 and active = flags land 0x0f in
      let mirrored = flags land 0x80 = 0 in
      let* () = require (get16 boot 42 = 0) "its version is unknown" in
      let* () = require (is_cluster geometry root) "there is no root folder" in
      let* () = require (mirrored || active < copies) "there is no active table" in
      let within = summary > 0 && summary < reserved in
      Ok
        {
          geometry with
          root = Chain root;
          tables = (if mirrored then geometry.tables else [ table_at active ]);
          summary = (if within then Some (summary * sector) else None);
        }

type layout = {
  geometry : t;
  reserved : (int * Cstruct.t) list;
  clean : (int * int) list;
  table_start : Cstruct.t;
}

(* In sectors. *)
type plan = {
  plan_kind : kind;
  per_cluster : int;
  reserved_sectors : int;
  root_entries : int;
  table_sectors : int;
  total : int;
}

let copies = 2
let root_cluster = 2
let summary_sector = 1
let backup_sector = 6

(* Enough for the clusters that there would be if the tables took no room: a little
   more than needed. *)
let table_sectors kind ~sector ~per_cluster ~available =
  divide_up (((available / per_cluster) + 2) * bits kind) (sector * 8)

let plan ~total ~sector kind ~per_cluster =
  let reserved_sectors = match kind with Fat32 -> 32 | Fat12 | Fat16 -> 1 in
  let root_entries =
    match kind with
    | Fat32 -> 0
    | Fat12 | Fat16 ->
        if total * sector < 1_048_576 then max 64 (sector / directory_entry)
        else 512
  in
  let root = root_entries * directory_entry / sector in
  let available = total - reserved_sectors - root in
  let table_sectors = table_sectors kind ~sector ~per_cluster ~available in
  let clusters = (available - (copies * table_sectors)) / per_cluster in
  if clusters < fewest_clusters kind || clusters > most_clusters kind then None
  else
    Some
      {
        plan_kind = kind;
        per_cluster;
        reserved_sectors;
        root_entries;
        table_sectors;
        total;
      }

(* FAT12 for floppy disks, FAT16 up to 512 MiB, FAT32 above, where the number of
   clusters allows it; clusters as small as possible, but not below 2 KiB for FAT16
   and 4 KiB for FAT32, whose tables would become large. *)
let choose_plan ~total ~sector =
  let size = total * sector in
  let kinds =
    if size < 4_194_304 then [ (Fat12, 512); (Fat16, 512) ]
    else if size < 536_870_912 then [ (Fat16, 2048); (Fat16, 512); (Fat12, 512) ]
    else [ (Fat32, 4096); (Fat32, 512); (Fat16, 2048); (Fat12, 512) ]
  in
  let rec with_cluster kind per_cluster =
    if per_cluster > 128 || per_cluster * sector > 65_536 then None
    else
      match plan ~total ~sector kind ~per_cluster with
      | Some _ as plan -> plan
      | None -> with_cluster kind (per_cluster * 2)
  in
  List.find_map
    (fun (kind, smallest) -> with_cluster kind (max 1 (smallest / sector)))
    kinds

let media_descriptor = 0xf8
let set8 = Cstruct.set_uint8
let set16 = Cstruct.LE.set_uint16
let set32 buffer offset n = Cstruct.LE.set_uint32 buffer offset (Int32.of_int n)
let set_text buffer offset text = Cstruct.blit_from_string text 0 buffer offset (String.length text)

(* What programs show of a disk; [at] is where these fields start. *)
let set_label boot ~at ~total ~kind_name =
  set8 boot at 0x80;
  set8 boot (at + 2) 0x29;
  Cstruct.LE.set_uint32 boot (at + 3) (Int32.mul (Int32.of_int total) 0x9e37_79b1l);
  set_text boot (at + 7) "NO NAME    ";
  set_text boot (at + 18) kind_name

let boot_sector plan ~sector =
  let boot = Cstruct.create sector in
  let { plan_kind; total; table_sectors; _ } = plan in
  let fits_16 n = if n < 0x1_0000 then n else 0 in
  set_text boot 0 "\xeb\xfe\x90mirage  ";
  set16 boot 11 sector;
  set8 boot 13 plan.per_cluster;
  set16 boot 14 plan.reserved_sectors;
  set8 boot 16 copies;
  set16 boot 17 plan.root_entries;
  set8 boot 21 media_descriptor;
  set16 boot 24 32;
  set16 boot 26 64;
  (match plan_kind with
  | Fat12 | Fat16 ->
      set16 boot 19 (fits_16 total);
      set32 boot 32 (if fits_16 total = 0 then total else 0);
      set16 boot 22 table_sectors;
      set_label boot ~at:36 ~total
        ~kind_name:(if plan_kind = Fat12 then "FAT12   " else "FAT16   ")
  | Fat32 ->
      set32 boot 32 total;
      set32 boot 36 table_sectors;
      set32 boot 44 root_cluster;
      set16 boot 48 summary_sector;
      set16 boot 50 backup_sector;
      set_label boot ~at:64 ~total ~kind_name:"FAT32   ");
  set16 boot 510 0xaa55;
  boot

let summary_of geometry ~sector =
  let summary = Cstruct.create sector in
  set32 summary 0 0x4161_5252;
  set32 summary 484 0x6141_7272;
  set32 summary 488 (geometry.clusters - 1);
  set32 summary 492 (root_cluster + 1);
  Cstruct.LE.set_uint32 summary 508 0xaa55_0000l;
  summary

(* Entries 0 and 1, which are no clusters, and on FAT32 the root folder's. *)
let table_start kind =
  match kind with
  | Fat12 -> Cstruct.of_hex "f8ffff"
  | Fat16 -> Cstruct.of_hex "f8ffffff"
  | Fat32 -> Cstruct.of_hex "f8ffff0f ffffff0f ffffff0f"

let layout ~size ~sector =
  let total = min (size / sector) Fat_uint32.largest in
  match
    if List.mem sector [ 512; 1024; 2048; 4096 ] then choose_plan ~total ~sector
    else None
  with
  | None ->
      Error
        (Printf.sprintf "no FAT file system has %d octets in sectors of %d" size
           sector)
  | Some plan ->
      let boot = boot_sector plan ~sector in
      let* geometry = of_boot_sector ~size:(total * sector) boot in
      let at n block = (n * sector, block) in
      let root =
        match geometry.root with
        | Fixed { offset; length } -> (offset, length)
        | Chain cluster -> (offset_of_cluster geometry cluster, geometry.cluster)
      in
      let tables =
        List.map (fun table -> (table, geometry.table_length)) geometry.tables
      in
      let reserved =
        match geometry.kind with
        | Fat12 | Fat16 -> [ at 0 boot ]
        | Fat32 ->
            let summary = summary_of geometry ~sector in
            [
              at summary_sector summary;
              at (backup_sector + summary_sector) summary;
              at backup_sector boot;
              at 0 boot;
            ]
      in
      Ok
        {
          geometry;
          reserved;
          clean = root :: tables;
          table_start = table_start plan.plan_kind;
        }
