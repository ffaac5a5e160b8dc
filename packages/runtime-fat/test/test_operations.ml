(* SPDX-License-Identifier: ISC *)

open Support

(* Whether numbers beyond 2 GiB are any; they are others where an int has 32 bits. *)
let has_large_ints = Sys.int_size > 32

(* The smallest and largest of each kind that are quick to use: size and sector. *)
let sizes =
  List.filter
    (fun (_, size, _) -> has_large_ints || size > 0)
  [
    ("FAT12, 64 KiB", 64 * kib, 512);
    ("FAT12, 1.44 MB", 1440 * kib, 512);
    ("FAT12, sectors of 4 KiB", 2 * mib, 4096);
    ("FAT16, 16 MiB", 16 * mib, 512);
    ("FAT16, 400 MiB", 400 * mib, 512);
    ("FAT16, sectors of 4 KiB", 64 * mib, 4096);
    ("FAT32, 512 MiB", 512 * mib, 512);
    ("FAT32, sectors of 2 KiB", 2048 * mib, 2048);
    ("FAT32, 1 TiB", 1024 * 1024 * mib, 512);
  ]

let on_each_size test =
  List.map
    (fun (name, size, sector_size) ->
      case name (fun () ->
          let disk, fs = formatted ~sector_size size in
          test disk fs))
    sizes

let round_trip disk fs =
  let text = pattern 20_000 in
  ok (F.mkdir fs "/folder");
  ok (F.mkdir fs "/folder/below");
  put fs "/folder/below/a long name.data" text;
  put fs "/EMPTY" "";
  let check fs =
    Alcotest.(check (list string)) "root" [ "EMPTY"; "folder" ] (listdir fs "/");
    Alcotest.(check (list string))
      "folder" [ "a long name.data" ]
      (listdir fs "/folder/below");
    Alcotest.(check bool)
      "content" true
      (read_all fs "/folder/below/a long name.data" = text);
    Alcotest.(check string) "empty" "" (read_all fs "/EMPTY")
  in
  check fs;
  check (connect disk);
  ok (F.destroy fs "/folder/below/a long name.data");
  ok (F.destroy fs "/folder/below");
  ok (F.destroy fs "/folder");
  Alcotest.(check (list string)) "rest" [ "EMPTY" ] (listdir (connect disk) "/")

let with_disk test () =
  let disk, fs = formatted (4 * mib) in
  test disk fs;
  fsck disk

let parts disk fs =
  let text = pattern 10_000 in
  put fs "/f" text;
  let check offset length =
    let available = max 0 (min length (10_000 - offset)) in
    let expected = if available = 0 then "" else String.sub text offset available in
    Alcotest.(check (result string string))
      (Printf.sprintf "%d octets from %d" length offset)
      (Ok expected)
      (read_part (connect disk) "/f" offset length)
  in
  List.iter
    (fun offset -> List.iter (check offset) [ 0; 1; 511; 512; 513; 4096; 20_000; max_int ])
    [ 0; 1; 511; 512; 1023; 2048; 9_999; 10_000; 10_001; max_int ]

let overwriting _ fs =
  put fs "/f" (String.make 3000 'a');
  ok (write fs "/f" 1000 (String.make 100 'b'));
  ok (write fs "/f" 2950 (String.make 100 'c'));
  let expected =
    String.concat ""
      [ String.make 1000 'a'; String.make 100 'b'; String.make 1850 'a'; String.make 100 'c' ]
  in
  Alcotest.(check string) "content" expected (read_all fs "/f");
  Alcotest.(check int64) "size" 3050L (ok (F.size fs "/f"))

(* Clusters are used again, so a gap must not show what they held. *)
let gaps _ fs =
  put fs "/old" (String.make 200_000 'x');
  ok (F.destroy fs "/old");
  ok (F.create fs "/f");
  ok (write fs "/f" 10 "a");
  ok (write fs "/f" 100_000 "b");
  let expected =
    String.concat "" [ String.make 10 '\000'; "a"; String.make 99_989 '\000'; "b" ]
  in
  Alcotest.(check bool) "zeros" true (read_all fs "/f" = expected)

let nothing_written _ fs =
  put fs "/f" "text";
  ok (write fs "/f" 100 "");
  Alcotest.(check string) "content" "text" (read_all fs "/f")

let stat _ fs =
  ok (F.mkdir fs "/Folder");
  put fs "/Folder/File.txt" "12345";
  let check path filename directory size =
    let { F.filename = actual; read_only; directory = is_directory; size = octets } =
      ok (F.stat fs path)
    in
    Alcotest.(check (pair string bool)) path (filename, directory) (actual, is_directory);
    Alcotest.(check (pair bool int64)) path (false, size) (read_only, octets)
  in
  check "/folder/FILE.TXT" "File.txt" false 5L;
  check "/Folder" "Folder" true 512L;
  check "/" "/" true 16384L

let errors _ fs =
  ok (F.mkdir fs "/d");
  put fs "/d/f" "text";
  fails "read" "no x in /" (F.read fs "/x" 0 1);
  fails "read below" "no y in /d" (F.read fs "/d/y/z" 0 1);
  fails "write" "no x in /" (write fs "/x" 0 "a");
  fails "read a folder" "is a directory: /d" (F.read fs "/d" 0 1);
  fails "size of a folder" "is a directory: /d" (F.size fs "/d");
  fails "write a folder" "is a directory: /d" (write fs "/d" 0 "a");
  fails "list a file" "not a directory: /d/f" (F.listdir fs "/d/f");
  fails "below a file" "not a directory: /d/f" (F.stat fs "/d/f/g");
  fails "create below a file" "not a directory: /d/f" (F.create fs "/d/f/g");
  fails "create" "file already exists: /d/f" (F.create fs "/d/f");
  fails "other case" "file already exists: /D/F" (F.create fs "/D/F");
  fails "mkdir" "file already exists: /d" (F.mkdir fs "/d");
  fails "mkdir the root" "file already exists: /" (F.mkdir fs "/");
  fails "mkdir below nothing" "no x in /" (F.mkdir fs "/x/y");
  fails "destroy" "directory not empty: /d" (F.destroy fs "/d");
  fails "destroy nothing" "no x in /" (F.destroy fs "/x");
  fails "destroy the root" "unknown error: the root folder cannot be destroyed"
    (F.destroy fs "/");
  List.iter
    (fun operation ->
      match now (operation ()) with
      | exception Invalid_argument _ -> ()
      | `Ok _ | `Error _ -> Alcotest.fail "a negative number")
    [ (fun () -> F.read fs "/d/f" (-1) 1); (fun () -> F.read fs "/d/f" 0 (-1)) ]

let paths _ fs =
  ok (F.mkdir fs "d/");
  put fs "//d//f" "text";
  List.iter
    (fun path -> Alcotest.(check string) path "text" (read_all fs path))
    [ "/d/f"; "d/f"; "./d/./f"; "/d/../d/f"; "/../d/f" ]

let full_disk () =
  let disk, fs = formatted (64 * kib) in
  put fs "/first" (pattern 1000);
  fails "a file" "no space"
    (ok (F.create fs "/large");
     write fs "/large" 0 (pattern (64 * kib)));
  Alcotest.(check string) "nothing was written" "" (read_all fs "/large");
  Alcotest.(check string) "others stay" (pattern 1000) (read_all fs "/first");
  (* All that is free can be used, and used again. *)
  let rec fill offset =
    match result (write fs "/large" offset (pattern 512)) with
    | Ok () -> fill (offset + 512)
    | Error why ->
        Alcotest.(check string) "full" "no space" why;
        offset
  in
  let filled = fill 0 in
  fails "a folder" "no space" (F.mkdir fs "/folder");
  Alcotest.(check (list string)) "names" [ "first"; "large" ] (listdir fs "/");
  fsck disk;
  ok (F.destroy fs "/large");
  ok (F.create fs "/large");
  Alcotest.(check int) "as much again" filled (fill 0);
  fsck disk

let full_root () =
  let disk, fs = formatted (64 * kib) in
  let rec fill n =
    match result (F.create fs (Printf.sprintf "/F%d" n)) with
    | Ok () -> fill (n + 1)
    | Error why ->
        Alcotest.(check string) "full" "no space" why;
        n
  in
  Alcotest.(check int) "the root folder of FAT12 has a fixed size" 64 (fill 0);
  fsck disk

(* It grows into clusters that are not empty. *)
let large_folder disk fs =
  put fs "/junk" (String.make mib 'x');
  ok (F.destroy fs "/junk");
  ok (F.mkdir fs "/d");
  let name i = Printf.sprintf "a rather long file name, number %d" i in
  for i = 1 to 300 do
    ok (F.create fs ("/d/" ^ name i))
  done;
  for i = 1 to 300 do
    if i mod 3 > 0 then ok (F.destroy fs ("/d/" ^ name i))
  done;
  let size = (ok (F.stat fs "/d")).size in
  for i = 1 to 300 do
    if i mod 3 > 0 then put fs ("/d/" ^ name i) (name i)
  done;
  Alcotest.(check int64) "gaps are filled" size (ok (F.stat fs "/d")).size;
  Alcotest.(check (list string))
    "names"
    (List.sort compare (List.init 300 (fun i -> name (i + 1))))
    (listdir (connect disk) "/d");
  Alcotest.(check string) "content" (name 200) (read_all fs ("/d/" ^ name 200))

let large_file () =
  let disk, fs = formatted (600 * mib) in
  ok (F.create fs "/f");
  let piece i = pattern ~seed:i 700_001 in
  for i = 0 to 29 do
    ok (write fs "/f" (i * 700_001) (piece i))
  done;
  let fs = connect disk in
  for i = 29 downto 0 do
    Alcotest.(check bool)
      (Printf.sprintf "piece %d" i)
      true
      (read_part fs "/f" (i * 700_001) 700_001 = Ok (piece i))
  done;
  fsck disk

let largest_file () =
  let _, fs = formatted (8192 * mib) in
  ok (F.create fs "/f");
  fails "4 GiB" "unknown error: a file on FAT has at most 4294967295 octets"
    (write fs "/f" 0xffff_ffff "a");
  Alcotest.(check string) "nothing was written" "" (read_all fs "/f")

let not_formatted () =
  let disk = Ram_disk.create mib in
  let fs = connect disk in
  fails "read" "format not recognised: there is no boot sector" (F.listdir fs "/");
  fails "too large" "no space" (F.format fs (Int64.of_int (2 * mib)));
  fails "too small"
    "unknown error: no FAT file system has 2048 octets in sectors of 512"
    (F.format fs 2048L);
  fails "negative" "unknown error: no FAT file system has -1 octets in sectors of 512"
    (F.format fs (-1L));
  ok (F.format fs (Int64.of_int (mib / 2)));
  put fs "/f" "text";
  ok (F.format fs (Int64.of_int mib));
  Alcotest.(check (list string)) "formatted again" [] (listdir fs "/");
  fsck disk

let read_only_device () =
  let disk, fs = formatted mib in
  put fs "/f" "text";
  let fs = connect (Ram_disk.copy ~read_write:false disk) in
  Alcotest.(check string) "read" "text" (read_all fs "/f");
  Alcotest.(check bool) "stat" true (ok (F.stat fs "/f")).read_only;
  let refused what thread = fails what "block device: is read-only" thread in
  refused "write" (write fs "/f" 0 "x");
  refused "create" (F.create fs "/g");
  refused "mkdir" (F.mkdir fs "/d");
  refused "destroy" (F.destroy fs "/f");
  Alcotest.(check string) "still there" "text" (read_all fs "/f")

(* Sectors of the device and of the file system need not have the same size. *)
let other_sectors () =
  let disk, fs = formatted ~sector_size:512 (2 * mib) in
  put fs "/a folder's name is long" (pattern 5000);
  let whole = Ram_disk.create ~sector_size:4096 (2 * mib) in
  with_image (fun image ->
      Ram_disk.save disk image;
      Hashtbl.iter (Ram_disk.store whole)
        (Ram_disk.load ~sector_size:4096 image).sectors);
  let fs = connect whole in
  put fs "/second" (pattern ~seed:1 777);
  ok (write fs "/second" 100 "middle");
  ok (F.mkdir fs "/d");
  Alcotest.(check bool)
    "first" true
    (read_all fs "/a folder's name is long" = pattern 5000);
  fsck whole

let at_the_same_time (disk : Ram_disk.t) fs =
  disk.slow <- true;
  let write_one i =
    let path = Printf.sprintf "/f%d" i in
    Lwt.bind (F.create fs path) (fun _ ->
        F.write fs path 0 (Cstruct.of_string (pattern ~seed:i 3000)))
  in
  ignore (now (Lwt.all (List.init 20 write_one)));
  for i = 0 to 19 do
    Alcotest.(check bool)
      "content" true
      (read_all fs (Printf.sprintf "/f%d" i) = pattern ~seed:i 3000)
  done

(* What is known of a chain must be forgotten with it. *)
let smaller_folder _ fs =
  ok (F.mkdir fs "/large");
  let path i = Printf.sprintf "/large/a file with a long name %d" i in
  for i = 1 to 50 do
    ok (F.create fs (path i))
  done;
  for i = 1 to 50 do
    ok (F.destroy fs (path i))
  done;
  ok (F.destroy fs "/large");
  ok (F.mkdir fs "/small");
  Alcotest.(check (list string)) "empty" [] (listdir fs "/small")

(* Behind the mark that ends a folder there may be anything. *)
let garbage_behind_the_end () =
  let disk, fs = formatted (64 * kib) in
  let root = 3L in
  Ram_disk.modify disk root (fun content ->
      Bytes.fill content 32 480 'G';
      Bytes.set content 0 '\000');
  Alcotest.(check (list string)) "before" [] (listdir fs "/");
  ok (F.create fs "/ONE");
  Alcotest.(check (list string)) "after" [ "ONE" ] (listdir fs "/");
  ok (F.create fs "/a long name");
  Alcotest.(check (list string)) "and again" [ "ONE"; "a long name" ] (listdir fs "/")

(* The upper four bits of an entry of FAT32 are not ours. *)
let reserved_bits () =
  let disk, _ = formatted (512 * mib) in
  let first_table = 32L in
  let upper_bits () =
    let found = ref 0 in
    Ram_disk.modify disk first_table (fun content ->
        found := Bytes.get_uint8 content ((3 * 4) + 3) lsr 4);
    !found
  in
  Ram_disk.modify disk first_table (fun content ->
      Bytes.set_uint8 content ((3 * 4) + 3) 0xa0);
  let fs = connect disk in
  put fs "/f" (pattern 10_000);
  Alcotest.(check bool) "content" true (read_all fs "/f" = pattern 10_000);
  Alcotest.(check int) "kept" 0xa (upper_bits ());
  ok (F.destroy fs "/f");
  Alcotest.(check int) "kept" 0xa (upper_bits ())

module Spelling_of_2014 : V1_LWT.FS = Fat.Fs.Make (Ram_disk) (Pages)

(* A look-up costs no reading of the folder, however many entries it has. *)
let folder_in_memory disk fs =
  let name i = Printf.sprintf "/d/file number %d.text" i in
  ok (F.mkdir fs "/d");
  for i = 1 to 1600 do
    ok (F.create fs (name i))
  done;
  disk.Ram_disk.sectors_read <- 0;
  for i = 1601 to 1700 do
    ok (F.create fs (name i));
    ignore (ok (F.stat fs (name (i / 2))))
  done;
  if disk.sectors_read > 1000 then
    Alcotest.failf "%d sectors were read for 100 files" disk.sectors_read;
  for i = 1 to 1700 do
    if i mod 3 = 0 then ok (F.destroy fs (name i))
  done;
  let left = 1700 - (1700 / 3) in
  List.iter
    (fun fs -> Alcotest.(check int) "files" left (List.length (listdir fs "/d")))
    [ fs; connect disk ];
  fails "gone" "no file number 3.text in /d" (F.stat fs (name 3));
  put fs (name 3) "again";
  Alcotest.(check string) "in a gap" "again" (read_all (connect disk) (name 3))

let suite =
  [
    case "parts of a file" (with_disk parts);
    case "overwriting" (with_disk overwriting);
    case "gaps are zeros" (with_disk gaps);
    case "writing nothing" (with_disk nothing_written);
    case "stat" (with_disk stat);
    case "errors" (with_disk errors);
    case "spellings of paths" (with_disk paths);
    case "a full disk" full_disk;
    case "a full root folder" full_root;
    case "a large folder" (with_disk large_folder);
    case "a large folder is read once" (with_disk folder_in_memory);
    case "a large file" large_file;
    case "the largest file" (if has_large_ints then largest_file else ignore);
    case "a device without a file system" not_formatted;
    case "a read-only device" read_only_device;
    case "a device with other sectors" other_sectors;
    case "operations at the same time" (with_disk at_the_same_time);
    case "a folder in the place of a larger one" (with_disk smaller_folder);
    case "garbage behind a folder's end" garbage_behind_the_end;
    case "reserved bits of FAT32" reserved_bits;
  ]

let sizes_suite =
  on_each_size (fun disk fs ->
      round_trip disk fs;
      if disk.info.size_sectors < 10_000_000L then fsck disk)
