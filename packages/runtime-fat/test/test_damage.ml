(* SPDX-License-Identifier: ISC *)

(* Damaged file systems, and devices that fail in the middle. *)

open Support

let sample size =
  let disk, fs = formatted size in
  ok (F.mkdir fs "/folder");
  put fs "/folder/a long name" (pattern 3000);
  put fs "/file" (pattern ~seed:1 5000);
  disk

(* Everything one can do to a file system; it must end, with an answer. *)
let exercise fs =
  let try_all path =
    ignore (result (F.stat fs path));
    ignore (result (F.size fs path));
    ignore (read_part fs path 0 10_000);
    ignore (read_part fs path 4000 max_int);
    ignore (result (write fs path 2900 (pattern 5000)));
    ignore (result (F.create fs (path ^ "/new")));
    ignore (result (F.mkdir fs (path ^ "/new folder")))
  in
  let names folder = Result.value (result (F.listdir fs folder)) ~default:[] in
  let rec visit depth path =
    try_all path;
    if depth > 0 then
      List.iter
        (fun name -> visit (depth - 1) (Filename.concat path name))
        (List.filteri (fun i _ -> i < 20) (names path))
  in
  visit 2 "/";
  List.iter (fun name -> ignore (result (F.destroy fs ("/" ^ name)))) (names "/")

(* Changes to the sectors that hold anything: boot sector, tables, folders, contents. *)
let damage =
  QCheck2.Gen.(
    list_size (int_range 1 30) (triple (int_bound 10_000) (int_bound 511) (map Char.chr (int_bound 255))))

let damaged disk changes =
  let disk = Ram_disk.copy disk in
  let used = List.sort compare (List.of_seq (Hashtbl.to_seq_keys disk.sectors)) in
  (* The contents matter little: the metadata lies in front. *)
  let used = Array.of_list (List.filteri (fun i _ -> i < 24) used) in
  List.iter
    (fun (sector, offset, value) ->
      let sector = used.(sector mod Array.length used) in
      Ram_disk.modify disk sector (fun content -> Bytes.set content offset value))
    changes;
  disk

let survives name size =
  let disk = sample size in
  QCheck2.Test.make ~name ~count:200 damage (fun changes ->
      exercise (connect (damaged disk changes));
      true)

let random_sectors =
  QCheck2.Test.make ~name:"a device full of noise" ~count:50 QCheck2.Gen.int
    (fun seed ->
      let random = Random.State.make [| seed |] in
      let noise () = String.init 512 (fun _ -> Char.chr (Random.State.int random 256)) in
      let disk = Ram_disk.copy (sample (64 * kib)) in
      let boot = Hashtbl.find disk.sectors 0L in
      for sector = 1 to 127 do
        Ram_disk.store disk (Int64.of_int sector) (noise ())
      done;
      exercise (connect disk);
      Ram_disk.store disk 0L (String.sub boot 0 11 ^ String.sub (noise ()) 0 499 ^ "\x55\xaa");
      exercise (connect disk);
      true)

(* [set_entry disk cluster value] changes the table of FAT16 with its tables at sector 1. *)
let set_entry disk cluster value =
  let sector = Int64.of_int (1 + (cluster * 2 / 512)) in
  Ram_disk.modify disk sector (fun content ->
      Bytes.set_uint16_le content (cluster * 2 mod 512) value)

(* On the sample, cluster 2 is the folder, 3 its file's first, 5 the other file's. *)
let on_sample name change expected =
  case name (fun () ->
      let disk = sample (16 * mib) in
      change disk;
      let fs = connect disk in
      expected fs)

let damaged_because what why thread =
  fails what ("unknown error: the file system is damaged: " ^ why) thread

let particular =
  [
    on_sample "a folder that is a circle"
      (fun disk -> set_entry disk 2 2)
      (fun fs ->
        damaged_because "list" "a chain is too long or a circle" (F.listdir fs "/folder");
        damaged_because "create" "a chain is too long or a circle" (F.create fs "/folder/x"));
    on_sample "a file whose chain ends early"
      (fun disk -> set_entry disk 3 0xffff)
      (fun fs ->
        damaged_because "read" "a chain is shorter than its file"
          (F.read fs "/folder/a long name" 0 3000);
        Alcotest.(check bool)
          "what is there can be read" true
          (read_part fs "/folder/a long name" 0 2000 = Ok (pattern 2000)));
    on_sample "a chain that leads nowhere"
      (fun disk -> set_entry disk 3 0xfff0)
      (fun fs ->
        damaged_because "read" "cluster 3 leads to 65520"
          (F.read fs "/folder/a long name" 0 3000));
    on_sample "a chain that leads to a free cluster"
      (fun disk -> set_entry disk 3 0)
      (fun fs ->
        damaged_because "read" "cluster 3 leads to 0"
          (F.read fs "/folder/a long name" 0 3000));
    on_sample "a file that is a circle can be destroyed"
      (fun disk -> set_entry disk 4 3)
      (fun fs ->
        damaged_because "write" "a chain is too long or a circle"
          (write fs "/folder/a long name" 3000 (pattern 5000));
        ok (F.destroy fs "/folder/a long name");
        Alcotest.(check (list string)) "gone" [] (listdir fs "/folder");
        Alcotest.(check bool) "others stay" true (read_all fs "/file" = pattern ~seed:1 5000));
  ]

(* The power fails after some sector was written: the files from before are whole, the
   new one is absent or there, and the file system can be used. *)
let power_failure name size =
  let before = sample size in
  let work fs =
    ignore (result (F.mkdir fs "/folder/new"));
    ignore (result (F.create fs "/folder/new/file with a long name"));
    ignore (result (write fs "/folder/new/file with a long name" 0 (pattern ~seed:2 9000)));
    ignore (result (F.destroy fs "/file"))
  in
  let check disk =
    let fs = connect disk in
    Alcotest.(check bool)
      "an old file" true
      (read_all fs "/folder/a long name" = pattern 3000);
    if List.mem "file" (listdir fs "/") then
      Alcotest.(check bool)
        "a file about to be destroyed" true
        (read_all fs "/file" = pattern ~seed:1 5000);
    if List.mem "new" (listdir fs "/folder") then
      List.iter
        (fun name ->
          let text = read_all fs ("/folder/new/" ^ name) in
          if text <> "" && text <> pattern ~seed:2 9000 then
            Alcotest.fail "a new file is neither empty nor whole")
        (listdir fs "/folder/new");
    put fs "/afterwards" (pattern ~seed:3 20_000);
    Alcotest.(check bool)
      "the old file, still" true
      (read_all fs "/folder/a long name" = pattern 3000);
    Alcotest.(check bool)
      "new clusters are not shared" true
      (read_all fs "/afterwards" = pattern ~seed:3 20_000)
  in
  case name (fun () ->
      let rec fail_after writes =
        let disk = Ram_disk.copy before in
        disk.writes_left <- writes;
        work (connect disk);
        let failed = disk.writes_left = 0 in
        disk.writes_left <- max_int;
        check disk;
        if failed then fail_after (writes + 1)
      in
      fail_after 0)

(* The same device answers errors for a while, without a new connection. *)
let error_in_between () =
  let disk = sample (16 * mib) in
  let fs = connect disk in
  for writes = 0 to 20 do
    disk.writes_left <- writes;
    ignore (result (F.create fs "/new"));
    ignore (result (write fs "/new" 0 (pattern 9000)));
    disk.writes_left <- max_int;
    ignore (result (F.destroy fs "/new"));
    Alcotest.(check (list string)) "names" [ "file"; "folder" ] (listdir fs "/")
  done;
  put fs "/new" (pattern 9000);
  Alcotest.(check bool) "new" true (read_all fs "/new" = pattern 9000);
  Alcotest.(check bool) "old" true (read_all fs "/file" = pattern ~seed:1 5000)

let suite =
  [
    property (survives "damaged FAT12" (2 * mib));
    property (survives "damaged FAT16" (16 * mib));
    property (survives "damaged FAT32" (520 * mib));
    property random_sectors;
  ]
  @ particular
  @ [
      power_failure "power failure on FAT12" (2 * mib);
      power_failure "power failure on FAT16" (16 * mib);
      power_failure "power failure on FAT32" (520 * mib);
      case "errors of the device in between" error_in_between;
    ]
