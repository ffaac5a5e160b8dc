(* SPDX-License-Identifier: ISC *)

(* Other programs' file systems here, and ours there: mtools and dosfstools. *)

open Support

let quote = Filename.quote

let mtools image format =
  Printf.ksprintf
    (fun command ->
      expect_success
        (sh "export MTOOLS_SKIP_CHECK=1 LC_ALL=C.UTF-8; image=%s; %s" (quote image) command))
    format

(* What mkfs.fat makes of each kind, with the options that change the layout. *)
let made_by_mkfs =
  [
    ("FAT12 floppy disk", "-F 12", 1440 * kib);
    ("FAT12, one table", "-F 12 -f 1", 2 * mib);
    ("FAT16", "-F 16", 20 * mib);
    ("FAT16, large clusters", "-F 16 -s 64", 200 * mib);
    ("FAT16, sectors of 2 KiB", "-F 16 -S 2048", 64 * mib);
    ("FAT16, many reserved sectors", "-F 16 -R 77 -r 1024", 20 * mib);
    ("FAT32", "-F 32", 64 * mib);
    ("FAT32, small", "-F 32 -s 1", 34 * mib);
    ("FAT32, root elsewhere", "-F 32 -R 40 -f 2", 64 * mib);
  ]

let with_mkfs options size f =
  with_tools [ "mkfs.fat"; "mcopy"; "fsck.fat" ] (fun () ->
      with_image (fun image ->
          Ram_disk.extend image size;
          ignore
            (expect_success
               (sh "%s; mkfs.fat %s %s" path_for_tools options (quote image)));
          f image))

let with_folder f =
  let path = Filename.temp_file "mirage-fat-" "" in
  Sys.remove path;
  Sys.mkdir path 0o700;
  Fun.protect ~finally:(fun () -> ignore (sh "rm -rf %s" (quote path))) (fun () -> f path)

let write_file path text =
  let channel = open_out_bin path in
  output_string channel text;
  close_out channel

let read_file path =
  let channel = open_in_bin path in
  let text = really_input_string channel (in_channel_length channel) in
  close_in channel;
  text

let files =
  [
    ("SHORT.TXT", "short");
    ("small.txt", "small letters");
    ("Mixed Case, long.html", pattern 5000);
    ("caf\xc3\xa9 \xd0\x9c\xd0\xb8\xd1\x80.txt", "unicode");
    ("empty", "");
    ("large.bin", pattern 200_000);
  ]

let names = List.sort compare (List.map fst files)

(* mtools writes, we read; then we write, and both mtools and fsck.fat read. *)
let both_ways (name, options, size) =
  case name (fun () ->
      with_mkfs options size (fun image ->
          with_folder (fun folder ->
              let path name = Filename.concat folder name in
              List.iter (fun (name, text) -> write_file (path name) text) files;
              ignore (mtools image "mmd -i $image ::theirs; mcopy -i $image %s/* ::theirs" (quote folder));
              let disk = Ram_disk.load image in
              let fs = connect disk in
              Alcotest.(check (list string)) "their names" names (listdir fs "/theirs");
              List.iter
                (fun (name, text) ->
                  Alcotest.(check bool) name true (read_all fs ("/theirs/" ^ name) = text))
                files;
              ok (F.mkdir fs "/ours");
              List.iter (fun (name, text) -> put fs ("/ours/" ^ name) text) files;
              ok (F.destroy fs "/theirs/large.bin");
              ok (write fs "/theirs/small.txt" 6 "LETTERS, AND MORE");
              Ram_disk.save disk image;
              ignore (expect_success (sh "%s; fsck.fat -n %s" path_for_tools (quote image)));
              ignore (sh "rm %s/*" (quote folder));
              ignore (mtools image "mcopy -i $image '::ours/*' '::theirs/small.txt' %s" (quote folder));
              List.iter
                (fun (name, text) ->
                  let expected =
                    if name = "small.txt" then "small LETTERS, AND MORE" else text
                  in
                  Alcotest.(check bool) name true (read_file (path name) = expected))
                files)))

(* Attributes that no operation of ours sets. *)
let attributes () =
  with_mkfs "-F 16 -n 'A LABEL'" (16 * mib) (fun image ->
      ignore
        (mtools image
           "echo text | mcopy -i $image - ::locked; echo text | mcopy -i $image - \
            ::secret; mattrib -i $image +r ::locked; mattrib -i $image +h +s ::secret");
      let fs = connect (Ram_disk.load image) in
      Alcotest.(check (list string)) "no label" [ "locked"; "secret" ] (listdir fs "/");
      Alcotest.(check bool) "read-only" true (ok (F.stat fs "/locked")).read_only;
      Alcotest.(check bool) "hidden" false (ok (F.stat fs "/secret")).read_only;
      fails "write" "unknown error: locked is read-only" (write fs "/locked" 0 "x");
      fails "destroy" "unknown error: locked is read-only" (F.destroy fs "/locked");
      Alcotest.(check string) "content" "text\n" (read_all fs "/locked"))

(* A short name in code page 437, as DOS wrote it: 0x82 is an e with acute accent. *)
let code_page () =
  let disk, fs = formatted (64 * kib) in
  let root = 3L in
  put fs "/CAFE" "text";
  Ram_disk.modify disk root (fun content -> Bytes.set content 3 '\x90');
  let fs = connect disk in
  Alcotest.(check (list string)) "name" [ "CAF\xc3\x89" ] (listdir fs "/");
  Alcotest.(check string) "content" "text" (read_all fs "/caf\xc3\xa9")

let suite =
  List.map both_ways made_by_mkfs
  @ [ case "attributes" attributes; case "names in code page 437" code_page ]
